import { type Digest, EngineError, errorKind } from '#base';
import {
  type Descriptor,
  formatPlatform,
  type ImageIndex,
  type ImageManifest,
  type Platform,
  parseManifest,
  selectPlatform,
} from '#oci';
import type { RemoteRepository } from '#registry';

/** How far an index may lead to another one. */
const deepestIndex = 4;
/** Attestations are statements about an image: few and short, also those of one index together. */
const longestPartBytes = 8 << 20;
const mostParts = 32;
const attestationsLimitBytes = 32 << 20;

/** A platform's manifest, and the documents between the name and it. */
export interface ChosenManifest {
  readonly manifest: ImageManifest;
  /** Inner indexes, the manifest itself, its attestations; without what the name itself points to. */
  readonly documents: readonly Uint8Array[];
}

/**
 * The manifest for a platform, through any index, with the attestations of it.
 * @throws EngineError notFound, when an index has none for it; invalid, for what is no image
 */
export async function chooseManifest(
  repository: RemoteRepository,
  top: ImageManifest | ImageIndex,
  platform: Platform,
  signal: AbortSignal,
): Promise<ChosenManifest> {
  const documents: Uint8Array[] = [];
  let found = top;
  for (let depth = 0; found.kind === 'index'; depth++) {
    if (depth >= deepestIndex) throw new EngineError('invalid', 'invalid index: leads to too many others');
    const chosen = choosePlatform(found, platform);
    const content = await repository.fetchDocument(chosen, signal);
    documents.push(content, ...(await fetchAttestations(repository, found, chosen.digest, signal)));
    found = parseManifest(content, chosen.mediaType);
  }
  return { manifest: found, documents };
}

function choosePlatform({ manifests }: ImageIndex, platform: Platform): Descriptor {
  const chosen = selectPlatform(platform, manifests, (offer) => offer.platform);
  if (chosen !== undefined) return chosen;
  const text = `no matching manifest for ${formatPlatform(platform)} in the manifest list entries`;
  throw new EngineError('notFound', text);
}

/**
 * Provenance and bills of material, so much as may be kept in memory; an image is as good without those that its
 * registry does not have.
 */
async function fetchAttestations(
  repository: RemoteRepository,
  { manifests }: ImageIndex,
  subject: Digest,
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const about = manifests.filter(
    ({ annotations }) =>
      annotations?.['vnd.docker.reference.type'] === 'attestation-manifest' &&
      annotations['vnd.docker.reference.digest'] === subject,
  );
  const documents: Uint8Array[] = [];
  let leftBytes = attestationsLimitBytes;
  for (const descriptor of about) {
    if (descriptor.size > leftBytes) break;
    try {
      const found = await fetchAttestation(repository, descriptor, leftBytes, signal);
      documents.push(...found);
      leftBytes -= found.reduce((sum, { length }) => sum + length, 0);
    } catch (error) {
      signal.throwIfAborted();
      if (errorKind(error) !== 'notFound') throw error;
    }
  }
  return documents;
}

async function fetchAttestation(
  repository: RemoteRepository,
  descriptor: Descriptor,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const content = await repository.fetchDocument(descriptor, signal);
  const manifest = parseManifest(content, descriptor.mediaType);
  if (manifest.kind !== 'manifest') return [content];
  const parts = shortParts(manifest, limitBytes - content.length);
  return [content, ...(await Promise.all(parts.map((part) => repository.fetchDocument(part, signal))))];
}

/** Those that are no longer than the limit, one and all. */
function shortParts({ config, layers }: ImageManifest, limitBytes: number): Descriptor[] {
  let leftBytes = limitBytes;
  return [config, ...layers].slice(0, mostParts).filter(({ size }) => {
    const fits = size <= Math.min(longestPartBytes, leftBytes);
    if (fits) leftBytes -= size;
    return fits;
  });
}
