import { type AnyDigest, type DiffId, type Digest, EngineError, KeyedLock } from '#base';
import { type Descriptor, type ImageConfigFile, parseImageConfig } from '#oci';
import type { ContentStore } from '#store/content';
import type { Layers } from '#store/snapshots';
import { requireDepth } from './depth.ts';
import type { LayerForms } from './forms/layer-forms.ts';
import type { ImageName, ImageRecords } from './image-records.ts';
import { makeManifest } from './made-manifest.ts';
import { blobsNamedBy } from './named-blobs.ts';

const documentLock = 'documents';

/** An image whose layers are here and held. */
export interface CompleteImage {
  readonly config: Uint8Array;
  /** Further documents to keep as long as the image: its manifest, the index it is of, attestations. */
  readonly documents: readonly Uint8Array[];
  /** What it came as, one of the documents; absent: a manifest is made for it. */
  readonly target?: Descriptor;
  /** They are pointed at the target. */
  readonly names: readonly ImageName[];
}

export interface IntakeStores {
  readonly records: ImageRecords;
  readonly content: ContentStore;
  readonly layers: Layers;
  readonly forms: LayerForms;
}

/** Where images enter and leave the tables together with their documents and layers. */
export class Intake {
  readonly #records: ImageRecords;
  readonly #content: ContentStore;
  readonly #layers: Layers;
  readonly #forms: LayerForms;
  readonly #lock = new KeyedLock();

  constructor({ records, content, layers, forms }: IntakeStores) {
    this.#records = records;
    this.#content = content;
    this.#layers = layers;
    this.#forms = forms;
  }

  /** Keeps an image and its names; when it returns they survive a crash. @throws EngineError invalid, corrupt */
  async register(image: CompleteImage): Promise<Digest> {
    const config = parseImageConfig(image.config);
    const layers = config.rootfs.diff_ids;
    requireDepth(layers);
    const { target, manifests } = this.#targetOf(image, config);
    return this.#lock.run(documentLock, async () => {
      const write = (document: Uint8Array) => this.#content.write(document);
      // Beside each other: the disk is waited for only once.
      const [id, ...others] = await Promise.all([write(image.config), ...manifests.map(write)]);
      const documents = [id, ...others];
      this.#records.save({ id, documents, layers, target, sizeBytes: this.#sizeOf(layers) }, image.names);
      return id;
    });
  }

  /**
   * Removes the layers that nobody needs, of these documents those that no image has now, and the forms that were kept
   * for the sake of either.
   */
  async discard(documents: readonly Digest[] = []): Promise<void> {
    const kept = this.#forms.keptBlobs();
    const gone = documents.filter((digest) => !kept.includes(digest) && !this.#records.hasDocument(digest));
    if (kept.length > 0 && gone.length > 0) this.#dropUnnamed(blobsNamedBy(this.#content, gone));
    await this.#removeUnneeded([...gone, ...kept]);
  }

  /** Removes everything that nobody needs, what an earlier daemon left too; only while nothing else is under way. */
  async sweep(): Promise<void> {
    this.#forms.forgetOld((diffId) => this.#layers.get(diffId) !== undefined);
    this.#dropUnnamed(new Set(this.#forms.keptBlobs()));
    await this.#removeUnneeded(this.#content.list());
  }

  /** Of these forms those go that no manifest of an image names. */
  #dropUnnamed(forms: ReadonlySet<Digest>): void {
    if (forms.size === 0) return;
    const named = blobsNamedBy(this.#content, this.#records.documents());
    for (const digest of forms) if (!named.has(digest)) this.#forms.drop(digest);
  }

  async #removeUnneeded(blobs: readonly AnyDigest[]): Promise<void> {
    const removed = await this.#layers.collect();
    if (removed.length > 0) this.#forms.release(removed);
    await this.#lock.run(documentLock, async () => {
      const needed = new Set<AnyDigest>(this.#forms.keptBlobs());
      for (const digest of blobs) {
        if (!needed.has(digest) && !this.#records.hasDocument(digest)) await this.#content.delete(digest);
      }
    });
  }

  #targetOf(image: CompleteImage, config: ImageConfigFile) {
    if (image.target !== undefined) return { target: image.target, manifests: image.documents };
    const made = makeManifest(image.config, config, this.#layers);
    return { target: made.descriptor, manifests: [...image.documents, made.content] };
  }

  #sizeOf(layers: readonly DiffId[]): number {
    return layers.reduce((sum, diffId) => {
      const layer = this.#layers.get(diffId);
      if (layer === undefined) throw new EngineError('corrupt', `layer ${diffId} not found`);
      return sum + layer.sizeBytes;
    }, 0);
  }
}

/** @throws EngineError invalid, unless each layer has the diffID that the config gives it */
export function requireDiffIds(config: ImageConfigFile, layers: readonly DiffId[]): void {
  const expected = config.rootfs.diff_ids;
  if (expected.length !== layers.length) {
    throw new EngineError(
      'invalid',
      `invalid image: ${layers.length} layers, its config has ${expected.length}`,
    );
  }
  expected.forEach((diffId, index) => {
    if (layers[index] === diffId) return;
    throw new EngineError(
      'invalid',
      `invalid diffID for layer ${index}: expected "${diffId}", got "${layers[index]}"`,
    );
  });
}
