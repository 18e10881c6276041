import type { AnyDigest } from '#base';
import { checkDigest, checkRepository, type ManifestName, parseManifestName } from '../names.ts';
import { Refusal } from '../refusal.ts';

/** What a path below /v2/ names. */
export type Route =
  | { readonly kind: 'base' }
  | { readonly kind: 'catalog' }
  | { readonly kind: 'tags'; readonly repository: string }
  | { readonly kind: 'manifest'; readonly repository: string; readonly name: ManifestName }
  | { readonly kind: 'blob'; readonly repository: string; readonly digest: AnyDigest }
  | { readonly kind: 'uploads'; readonly repository: string }
  | { readonly kind: 'upload'; readonly repository: string; readonly id: string }
  | { readonly kind: 'referrers'; readonly repository: string; readonly digest: AnyDigest };

export type RouteKind = Route['kind'];
export type RouteOf<K extends RouteKind> = Route & { readonly kind: K };

/** The last words of a path, after the repository's name. The first that fits holds. */
const endings: readonly (readonly [RegExp, (repository: string, word: string) => Route])[] = [
  [/^(.+)\/blobs\/uploads\/?$/, (repository) => ({ kind: 'uploads', repository })],
  [/^(.+)\/blobs\/uploads\/([^/]+)$/, (repository, id) => ({ kind: 'upload', repository, id })],
  [/^(.+)\/blobs\/([^/]+)$/, (repository, word) => ({ kind: 'blob', repository, digest: checkDigest(word) })],
  [
    /^(.+)\/manifests\/([^/]+)$/,
    (repository, word) => ({ kind: 'manifest', repository, name: parseManifestName(word) }),
  ],
  [/^(.+)\/tags\/list$/, (repository) => ({ kind: 'tags', repository })],
  [
    /^(.+)\/referrers\/([^/]+)$/,
    (repository, word) => ({ kind: 'referrers', repository, digest: checkDigest(word) }),
  ],
];

/**
 * Reads the path of a request.
 * @returns undefined for a path that the distribution API does not have
 * @throws Refusal NAME_INVALID, DIGEST_INVALID, TAG_INVALID
 */
export function parseRoute(path: string): Route | undefined {
  if (path === '/v2/' || path === '/v2') return { kind: 'base' };
  if (path === '/v2/_catalog') return { kind: 'catalog' };
  if (!path.startsWith('/v2/')) return undefined;
  const rest = decode(path.slice('/v2/'.length));
  for (const [pattern, make] of endings) {
    const [, repository, word = ''] = pattern.exec(rest) ?? [];
    if (repository !== undefined) return make(checkRepository(repository), word);
  }
  return undefined;
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (cause) {
    throw new Refusal('NAME_INVALID', 'malformed percent-encoding in the path', { cause });
  }
}
