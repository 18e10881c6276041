import { type DiffId, type Digest, EngineError } from '#base';
import { type Descriptor, parseImageConfig, parseManifest } from '#oci';
import type { BlobFolder } from '#store/content';
import type { Layers } from '#store/snapshots';
import { type MadeManifest, makeManifest } from '../made-manifest.ts';
import type { ManifestView } from '../manifest-views.ts';

/** A blob that goes into an archive: its bytes, or a file that holds them. */
export type SavedBlob = Uint8Array | StoredFile;

export interface StoredFile {
  readonly path: string;
  readonly sizeBytes: number;
}

/** One image as an archive holds it. */
export interface SavedImage {
  readonly id: Digest;
  /** Its manifest. */
  readonly descriptor: Descriptor;
  /** Whether the manifest is the one that it came with. */
  readonly asItCame: boolean;
  /** Bottom to top; as many as `diffIds`. */
  readonly layers: readonly Descriptor[];
  readonly diffIds: readonly DiffId[];
  /** Manifest, config and layers. */
  readonly blobs: ReadonlyMap<Digest, SavedBlob>;
}

export interface BlobStores {
  readonly content: BlobFolder;
  readonly layers: Layers;
}

/**
 * An image with the manifest that it came with where every layer is here in the form that this one names, and else
 * with a manifest of its layers' tars.
 * @throws EngineError corrupt, when a part of it is not here
 */
export function saveImage(stores: BlobStores, id: Digest, view: ManifestView): SavedImage {
  const { content, layers } = stores;
  const config = content.read(id);
  const configFile = parseImageConfig(config);
  const came = { descriptor: view.descriptor, content: content.read(view.descriptor.digest) };
  const asItCame = layersOf(came).every((layer) => findBlob(stores, layer) !== undefined);
  const manifest = asItCame ? came : makeManifest(config, configFile, layers);
  const { platform } = view;
  const saved = layersOf(manifest);
  return {
    id,
    descriptor: { ...manifest.descriptor, ...(platform !== undefined && { platform }) },
    asItCame,
    layers: saved,
    diffIds: configFile.rootfs.diff_ids,
    blobs: new Map<Digest, SavedBlob>([
      [manifest.descriptor.digest, manifest.content],
      [id, config],
      ...saved.map((layer): [Digest, SavedBlob] => [layer.digest, requireBlob(stores, layer)]),
    ]),
  };
}

/** Where a blob is: a layer's tar, or what the content store has. */
export function findBlob({ content, layers }: BlobStores, { digest }: Descriptor): StoredFile | undefined {
  const diffId = digest as DiffId;
  const layer = layers.get(diffId);
  if (layer !== undefined) return { path: layers.tarPath(diffId), sizeBytes: layer.tarBytes };
  const sizeBytes = content.sizeOf(digest);
  return sizeBytes === undefined ? undefined : { path: content.pathOf(digest), sizeBytes };
}

function requireBlob(stores: BlobStores, descriptor: Descriptor): StoredFile {
  const blob = findBlob(stores, descriptor);
  if (blob === undefined) throw new EngineError('corrupt', `content ${descriptor.digest} not found`);
  return blob;
}

function layersOf({ content, descriptor }: MadeManifest): readonly Descriptor[] {
  const document = parseManifest(content, descriptor.mediaType);
  return document.kind === 'manifest' ? document.layers : [];
}
