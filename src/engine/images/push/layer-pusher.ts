import { createReadStream } from 'node:fs';
import { type DiffId, EngineError } from '#base';
import { type Descriptor, layerCompression, mediaTypes } from '#oci';
import { CompressedFile, type CompressionFormat } from '#store/content';
import type { FormOrigin } from '../forms/layer-forms.ts';
import { shortId } from '../names.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { LayerFlights } from '../pull/layer-flights.ts';
import { Turnstile } from '../pull/turnstile.ts';
import { SharedFate } from '../shared-fate.ts';
import type { Destination, KnownBlob } from './destination.ts';
import type { OnPushReport, PushContext, PushReport, PushRoute } from './push-context.ts';

/** A layer to push. */
export interface PushedLayer {
  readonly diffId: DiffId;
  /** The form that the image's manifest names; absent when that is only what is here. */
  readonly named?: Descriptor;
  /** Repositories that had the form by that manifest. */
  readonly origins: readonly FormOrigin[];
}

const newForms = {
  gzip: mediaTypes.dockerGzipLayer,
  zstd: mediaTypes.ociZstdLayer,
} as const satisfies Record<CompressionFormat, string>;

/** Brings layers into repositories: several at once, each one once however many pushes of one user want it. */
export class LayerPusher {
  readonly #context: PushContext;
  readonly #flights = new LayerFlights<PushReport, Descriptor>();
  readonly #turnstile: Turnstile;

  constructor(context: PushContext) {
    this.#context = context;
    this.#turnstile = new Turnstile(context.concurrentUploads);
  }

  /**
   * The caller holds the layers. When one fails the others are given up, and this waits for their end.
   * @returns the forms in which they got there, in the same order
   */
  async push(route: PushRoute, layers: readonly PushedLayer[]): Promise<Descriptor[]> {
    await using fate = new SharedFate(route.signal);
    const { signal } = fate;
    const forms = new Map<DiffId, Promise<Descriptor>>();
    for (const layer of layers.toReversed()) {
      if (forms.has(layer.diffId)) continue;
      forms.set(layer.diffId, fate.add(this.#board({ ...route, signal }, layer)));
    }
    return (await Promise.all(layers.map(({ diffId }) => forms.get(diffId) ?? []))).flat();
  }

  #board({ destination, onProgress, signal }: PushRoute, layer: PushedLayer): Promise<Descriptor> {
    const id = shortId(layer.diffId);
    const tell = (report: PushReport) => onProgress({ kind: 'layer', id, ...report });
    tell({ status: 'Preparing' });
    return this.#flights.board(
      `${destination.key} ${layer.diffId} ${layer.named?.digest}`,
      (report, flightSignal) => this.#deliver(destination, layer, report, flightSignal),
      tell,
      signal,
    );
  }

  async #deliver(
    destination: Destination,
    layer: PushedLayer,
    report: OnPushReport,
    signal: AbortSignal,
  ): Promise<Descriptor> {
    const { layers, forms } = this.#context;
    using _held = layers.hold([layer.diffId]);
    using _turn = await this.#turnstile.enter(() => report({ status: 'Waiting' }), signal);
    const { domain, path: repository } = destination.reference;
    const form =
      (await this.#bringKnown(destination, layer, report, signal)) ??
      (await this.#compress(destination, layer.diffId, report, signal));
    forms.noteOrigin(layer.diffId, form.digest, { domain, repository });
    return form;
  }

  /** Whichever known form gets there. */
  async #bringKnown(
    destination: Destination,
    layer: PushedLayer,
    report: OnPushReport,
    signal: AbortSignal,
  ): Promise<Descriptor | undefined> {
    for (const blob of this.#knownForms(layer)) {
      if (await destination.bring(blob, report, signal)) return blob.descriptor;
    }
    return undefined;
  }

  /** The form that the manifest names, then those that a manifest of ours may name. */
  #knownForms({ diffId, named, origins }: PushedLayer): KnownBlob[] {
    const { forms } = this.#context;
    const format = this.#context.compression();
    const others = forms.of(diffId).flatMap(({ descriptor }) => {
      const fits = layerCompression(descriptor.mediaType) === format && descriptor.digest !== named?.digest;
      return fits ? [{ ...descriptor, mediaType: newForms[format] }] : [];
    });
    const known = others.map((descriptor) => this.#knownBlob(diffId, descriptor, [], false));
    return named === undefined ? known : [this.#knownBlob(diffId, named, origins, true), ...known];
  }

  #knownBlob(
    diffId: DiffId,
    descriptor: Descriptor,
    further: readonly FormOrigin[],
    isFetched: boolean,
  ): KnownBlob {
    const { content, forms } = this.#context;
    const { digest } = descriptor;
    const origins = [...forms.origins(digest), ...further];
    const onMissing = (origin: FormOrigin) => forms.forgetOrigin(digest, origin);
    const common = { descriptor, origins, isFetched, onMissing };
    if (digest === diffId) return { ...common, read: (from) => this.#readTar(diffId, from) };
    if (content.has(digest)) return { ...common, read: (start) => content.stream(digest, { start }) };
    return common;
  }

  #readTar(diffId: DiffId, start: number): AsyncIterable<Uint8Array> {
    return createReadStream(this.#context.layers.tarPath(diffId), { start, highWaterMark: 256 << 10 });
  }

  /** Makes a form of the layer on its way there. */
  async #compress(
    destination: Destination,
    diffId: DiffId,
    report: OnPushReport,
    signal: AbortSignal,
  ): Promise<Descriptor> {
    const { layers, forms, compressors } = this.#context;
    const size = layers.get(diffId)?.tarBytes;
    if (size === undefined) throw new EngineError('corrupt', `layer ${diffId} not found`);
    const format = this.#context.compression();
    const file = new CompressedFile(compressors, { path: layers.tarPath(diffId), size, format });
    const meter = new ProgressMeter((current) => report({ status: 'Pushing', current, total: size }));
    const read = (from: number) => file.read(from, (position) => meter.reach(position));
    const form = { mediaType: newForms[format], ...(await destination.upload({ read }, report, signal)) };
    forms.record(diffId, form);
    return form;
  }
}
