import type { OciPlatform } from '#api';
import { mediaTypes, parseReference, type Reference } from '#oci';
import type { NamedManifest } from './types.ts';

const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';

/** An index, or Docker's manifest list, as it is pushed. */
export interface ListDocument {
  readonly mediaType: string;
  /** JSON; its digest is the list's. */
  readonly content: string;
}

/**
 * The document of a list: OCI's when its first manifest is one of OCI's.
 * @throws Error for a manifest of another registry
 */
export function encodeList(list: Reference, manifests: readonly NamedManifest[]): ListDocument {
  for (const { Ref } of manifests) checkRegistry(list, parseReference(Ref));
  const [first] = manifests;
  const mediaType = first?.Descriptor.mediaType === mediaTypes.ociManifest ? mediaTypes.ociIndex : dockerList;
  const entries = manifests.map(({ Descriptor: { mediaType: type, size, digest, platform } }) => ({
    mediaType: type,
    size,
    digest,
    platform: encodePlatform(platform),
  }));
  const document = { schemaVersion: 2, mediaType, manifests: entries };
  return { mediaType, content: JSON.stringify(document, undefined, indentation) };
}

/** The bytes decide the digest: those that the stock client would make of the same list. */
const indentation = 3;

function checkRegistry(list: Reference, { domain }: Reference): void {
  if (domain === list.domain) return;
  throw new Error(
    `cannot use source images from a different registry than the target image: ${domain} != ${list.domain}`,
  );
}

/** What is said of a platform, in the order of the stock client; undefined is left out of the JSON. */
export function encodePlatform(platform: Partial<OciPlatform> = {}): OciPlatform {
  const { architecture = '', os = '', variant } = platform;
  const [version, features] = [platform['os.version'], platform['os.features']];
  return {
    architecture,
    os,
    ...(version ? { 'os.version': version } : {}),
    ...(features?.length ? { 'os.features': features } : {}),
    ...(variant ? { variant } : {}),
  };
}
