import { digestHex, EngineError } from '#base';
import {
  type Descriptor,
  type ImageManifest,
  isIndexType,
  isLayerType,
  isManifestType,
  parseManifest,
} from '#oci';
import type { ArchivedImage } from './archived-image.ts';

type Documents = ReadonlyMap<string, Uint8Array>;

/** A manifest that an entry of a layout leads to, with the documents on the way. */
interface FoundManifest {
  readonly manifest: ImageManifest;
  /** From the entry's own document to the manifest's. */
  readonly paths: readonly string[];
}

/** The names under which writers of layouts keep an image's own name. */
const nameAnnotations = ['io.containerd.image.name', 'org.opencontainers.image.ref.name'];

/**
 * The images of an OCI image layout: for each entry of its index.json those whose documents it has, of every platform.
 * Attestations and other artifacts are no images, and are kept with those that they stand beside.
 * @throws EngineError invalid
 */
export function readOciLayout(index: Uint8Array, documents: Documents): ArchivedImage[] {
  const top = parseManifest(index);
  if (top.kind !== 'index') throw new EngineError('invalid', 'invalid index.json: not an index');
  return top.manifests.flatMap((entry) => imagesOf(entry, documents));
}

function imagesOf(entry: Descriptor, documents: Documents): ArchivedImage[] {
  const found = findManifests(entry, documents, [], new Set());
  const [images, others] = [found.filter(isImage), found.filter((item) => !isImage(item))];
  const beside = others.flatMap((other) => [...other.paths, ...partsOf(other.manifest, documents)]);
  return images.map(({ manifest, paths }) => ({
    configPath: blobPath(manifest.config),
    layerPaths: manifest.layers.map(blobPath),
    tags: namesOf(entry),
    manifest: {
      target: targetOf(entry, documents),
      documentPaths: [...new Set([...paths, ...beside])],
      layers: manifest.layers,
    },
  }));
}

/** All manifests that a descriptor leads to and that the layout has, each once. */
function findManifests(
  descriptor: Descriptor,
  documents: Documents,
  above: readonly string[],
  seen: Set<string>,
): FoundManifest[] {
  const path = blobPath(descriptor);
  const content = documents.get(path);
  if (content === undefined || seen.has(path) || isOther(descriptor)) return [];
  seen.add(path);
  const document = parseManifest(content, descriptor.mediaType);
  const paths = [...above, path];
  if (document.kind === 'manifest') return [{ manifest: document, paths }];
  return document.manifests.flatMap((below) => findManifests(below, documents, paths, seen));
}

/** What an index leads to need be neither a manifest nor an index. */
function isOther({ mediaType }: Descriptor): boolean {
  return mediaType !== '' && !isManifestType(mediaType) && !isIndexType(mediaType);
}

function isImage({ manifest }: FoundManifest): boolean {
  return manifest.layers.every(({ mediaType }) => isLayerType(mediaType));
}

/** Config and contents of an artifact, as far as they are documents. */
function partsOf({ config, layers }: ImageManifest, documents: Documents): string[] {
  return [config, ...layers].map(blobPath).filter((path) => documents.has(path));
}

/** The entry without what the layout only says of its own use of it. */
function targetOf(entry: Descriptor, documents: Documents): Descriptor {
  const { digest, size } = entry;
  const content = documents.get(blobPath(entry)) ?? new Uint8Array(0);
  return { mediaType: parseManifest(content, entry.mediaType).mediaType, digest, size };
}

function namesOf({ annotations, digest }: Descriptor): string[] {
  const name = nameAnnotations.map((key) => annotations?.[key]).find((text) => text !== undefined);
  if (name === undefined || !/[:/]/.test(name)) return [];
  // What a name with a digest means is not for an archive to say.
  return name.includes('@') && !name.endsWith(`@${digest}`) ? [] : [name];
}

function blobPath({ digest }: Descriptor): string {
  return `blobs/sha256/${digestHex(digest)}`;
}
