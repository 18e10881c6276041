import { digestHex, EngineError } from '#base';
import {
  type Descriptor,
  hostPlatform,
  type ImageManifest,
  isIndexType,
  isLayerType,
  parseManifest,
  selectPlatform,
} from '#oci';
import type { ArchivedImage } from './archive-manifest.ts';

/** The names under which writers of layouts keep an image's own name. */
const nameAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'];

/** The images of an OCI image layout, one for each entry of its index.json. @throws EngineError invalid */
export function readOciLayout(
  index: Uint8Array,
  documents: ReadonlyMap<string, Uint8Array>,
): ArchivedImage[] {
  const top = parseManifest(index);
  if (top.kind !== 'index') throw new EngineError('invalid', 'invalid index.json: not an index');
  return top.manifests.flatMap((descriptor) => {
    const manifest = findManifest(descriptor, documents);
    return manifest === undefined ? [] : [toArchived(manifest, descriptor)];
  });
}

function toArchived({ config, layers }: ImageManifest, descriptor: Descriptor): ArchivedImage {
  const name = nameAnnotations.map((key) => descriptor.annotations?.[key]).find((text) => text !== undefined);
  return {
    configPath: blobPath(config),
    layerPaths: layers.map(blobPath),
    tags: name?.includes(':') || name?.includes('/') ? [name] : [],
  };
}

/** Of an index the manifest for this machine; attestations and other artifacts are passed over. */
function findManifest(
  descriptor: Descriptor,
  documents: ReadonlyMap<string, Uint8Array>,
): ImageManifest | undefined {
  const content = documents.get(blobPath(descriptor));
  if (content === undefined) return undefined;
  const document = parseManifest(content, descriptor.mediaType);
  if (document.kind === 'manifest') {
    return document.layers.every(({ mediaType }) => isLayerType(mediaType)) ? document : undefined;
  }
  if (!isIndexType(document.mediaType)) return undefined;
  const chosen = selectPlatform(hostPlatform(), document.manifests, (offer) => offer.platform);
  return chosen === undefined ? undefined : findManifest(chosen, documents);
}

function blobPath({ digest }: Descriptor): string {
  return `blobs/sha256/${digestHex(digest)}`;
}
