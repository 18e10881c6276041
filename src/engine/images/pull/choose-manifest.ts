import { EngineError } from '#base';
import {
  formatPlatform,
  type ImageManifest,
  isLayerType,
  type Platform,
  parseManifest,
  selectPlatform,
} from '#oci';
import type { RemoteImage } from '#registry';

/** A platform's manifest and its own bytes; those are undefined when it is what the name itself points to. */
export interface ChosenManifest {
  readonly manifest: ImageManifest;
  readonly content: Uint8Array | undefined;
}

/**
 * The manifest for a platform, through any index.
 * @throws EngineError notFound, when an index has none for it; invalid, for what is no image
 */
export async function chooseManifest(
  remote: RemoteImage,
  platform: Platform,
  signal: AbortSignal,
): Promise<ChosenManifest> {
  const { content, mediaType } = remote.manifest;
  const top = parseManifest(content, mediaType);
  if (top.kind === 'manifest') return { manifest: requireImage(top), content: undefined };
  const chosen = selectPlatform(platform, top.manifests, (offer) => offer.platform);
  if (chosen === undefined) {
    const text = `no matching manifest for ${formatPlatform(platform)} in the manifest list entries`;
    throw new EngineError('notFound', text);
  }
  const nested = await remote.repository.fetchDocument(chosen, signal);
  const manifest = parseManifest(nested, chosen.mediaType);
  if (manifest.kind !== 'manifest') throw new EngineError('invalid', 'invalid index: leads to another index');
  return { manifest: requireImage(manifest), content: nested };
}

function requireImage(manifest: ImageManifest): ImageManifest {
  const strange = manifest.layers.find(({ mediaType }) => !isLayerType(mediaType));
  if (strange === undefined) return manifest;
  throw new EngineError('invalid', `unsupported media type ${strange.mediaType}`);
}
