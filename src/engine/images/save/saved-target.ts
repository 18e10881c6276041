import { type Digest, digestOf, EngineError } from '#base';
import {
  type Descriptor,
  formatPlatform,
  hostPlatform,
  matchesPlatform,
  mediaTypes,
  type Platform,
  parseManifest,
  selectPlatform,
} from '#oci';
import type { ImageName, ImageRecords } from '../image-records.ts';
import type { ManifestView } from '../manifest-views.ts';
import type { ChosenImage } from './choose-images.ts';
import { type BlobStores, findBlob, type SavedBlob, type SavedImage, saveImage } from './saved-image.ts';

/** What one entry of an archive's index leads to. */
export interface SavedTarget {
  readonly descriptor: Descriptor;
  readonly tags: readonly ImageName[];
  /** The one that a machine like this one would take first. */
  readonly images: readonly SavedImage[];
  /** Everything but what the images have. */
  readonly blobs: ReadonlyMap<Digest, SavedBlob>;
}

export interface SaveContext extends BlobStores {
  readonly records: ImageRecords;
}

/**
 * The images of a target that are here and asked for. An index is kept whole, with its attestations, when all of its
 * images are saved as they came; else several images get an index of their own.
 * @throws EngineError notFound, when none is for one of the platforms
 */
export function saveTarget(
  context: SaveContext,
  { target, tags, only }: ChosenImage,
  platforms: readonly Platform[],
): SavedTarget {
  const views = context.records.manifestsOf(target);
  const wanted = views.filter((view) => isWanted(view, only, platforms));
  const images = preferredFirst(
    wanted.flatMap((view) => (view.imageId === undefined ? [] : [saveImage(context, view.imageId, view)])),
  );
  const [first] = images;
  if (first === undefined) throw nothingFor(target, platforms);
  const isWhole = only === undefined && platforms.length === 0 && images.every(({ asItCame }) => asItCame);
  if (isWhole && target.digest !== first.descriptor.digest) {
    return { descriptor: target, tags, images, blobs: indexBlobs(context, target, views) };
  }
  if (images.length === 1) return { descriptor: first.descriptor, tags, images, blobs: new Map() };
  const index = encodeIndex(images);
  return {
    descriptor: index.descriptor,
    tags,
    images,
    blobs: new Map([[index.descriptor.digest, index.bytes]]),
  };
}

function preferredFirst(images: readonly SavedImage[]): readonly SavedImage[] {
  const best = selectPlatform(hostPlatform(), images, ({ descriptor }) => descriptor.platform);
  return best === undefined ? images : [best, ...images.filter((image) => image !== best)];
}

function isWanted(
  { imageId, platform }: ManifestView,
  only: Digest | undefined,
  platforms: readonly Platform[],
): boolean {
  if (imageId === undefined || (only !== undefined && only !== imageId)) return false;
  if (platforms.length === 0) return true;
  return platform !== undefined && platforms.some((wanted) => matchesPlatform(wanted, platform));
}

function nothingFor({ digest }: Descriptor, [platform]: readonly Platform[]): EngineError {
  if (platform === undefined) return new EngineError('corrupt', `content ${digest} not found`);
  return new EngineError(
    'notFound',
    `no suitable export target found for platform ${formatPlatform(platform)}`,
  );
}

/** The index itself, and what of its other manifests is here. */
function indexBlobs(context: SaveContext, index: Descriptor, views: readonly ManifestView[]) {
  const blobs = new Map<Digest, SavedBlob>([[index.digest, context.content.read(index.digest)]]);
  for (const { descriptor, kind } of views) {
    if (kind === 'image' || !context.content.has(descriptor.digest)) continue;
    const manifest = context.content.read(descriptor.digest);
    blobs.set(descriptor.digest, manifest);
    const document = parseManifest(manifest, descriptor.mediaType);
    if (document.kind === 'index') continue;
    for (const part of [document.config, ...document.layers]) {
      const blob = findBlob(context, part);
      if (blob !== undefined) blobs.set(part.digest, blob);
    }
  }
  return blobs;
}

function encodeIndex(images: readonly SavedImage[]): {
  readonly descriptor: Descriptor;
  readonly bytes: Uint8Array;
} {
  const mediaType = mediaTypes.ociIndex;
  const manifests = images.map(({ descriptor }) => descriptor);
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, manifests }));
  return { descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length }, bytes };
}
