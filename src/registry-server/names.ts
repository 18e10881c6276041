import { type AnyDigest, tryParseAnyDigest } from '#base';
import { Refusal } from './refusal.ts';

const component = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const repositoryPattern = new RegExp(`^${component}(?:/${component})*$`);
const tagPattern = /^\w[\w.-]{0,127}$/;
const longestRepository = 255;
const longestProject = 100;

/** What a manifest is asked for by. */
export type ManifestName =
  | { readonly kind: 'tag'; readonly tag: string }
  | { readonly kind: 'digest'; readonly digest: AnyDigest };

/** @throws Refusal NAME_INVALID, for what is no repository's name (OCI distribution-spec, "Pulling manifests") */
export function checkRepository(name: string): string {
  if (name.length <= longestRepository && repositoryPattern.test(name)) return name;
  throw new Refusal('NAME_INVALID', 'invalid repository name', { detail: name.slice(0, longestRepository) });
}

/** Whether a text can stand before the first slash of repositories' names. */
export function isProjectName(text: string): boolean {
  return repositoryPattern.test(text) && !text.includes('/') && text.length <= longestProject;
}

/** The project of a repository: what stands before the first slash. */
export function projectOf(repository: string): string {
  const slash = repository.indexOf('/');
  return slash < 0 ? repository : repository.slice(0, slash);
}

/** @throws Refusal DIGEST_INVALID */
export function checkDigest(text: string): AnyDigest {
  const digest = tryParseAnyDigest(text);
  if (digest !== undefined) return digest;
  const known = /^[a-z0-9]+(?:[+._-][a-z0-9]+)*:[\w=-]+$/i.test(text) && !/^sha(?:256|512):/.test(text);
  const reason = known ? 'unsupported digest algorithm, want sha256 or sha512' : 'invalid digest';
  throw new Refusal('DIGEST_INVALID', reason, { detail: text.slice(0, longestRepository) });
}

/** @throws Refusal, for what is neither a tag nor a digest */
export function parseManifestName(text: string): ManifestName {
  if (text.includes(':')) return { kind: 'digest', digest: checkDigest(text) };
  if (tagPattern.test(text)) return { kind: 'tag', tag: text };
  throw new Refusal('TAG_INVALID', 'invalid tag name', { detail: text.slice(0, longestRepository) });
}
