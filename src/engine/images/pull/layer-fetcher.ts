import type { RemoteRepository } from '#registry';
import type { Layers } from '#store/snapshots';
import type { LayerForms } from '../forms/layer-forms.ts';
import { shortId } from '../names.ts';
import { SharedFate } from '../shared-fate.ts';
import type { LayerStatus, OnImageProgress } from '../types.ts';
import { download } from './download.ts';
import { LayerFlights } from './layer-flights.ts';
import type { PartialBlobs } from './partial-blobs.ts';
import type { RemoteLayer } from './require-image.ts';
import { Turnstile } from './turnstile.ts';

export interface LayerReport {
  readonly status: LayerStatus;
  readonly current?: number;
  readonly total?: number;
}

export interface FetchContext {
  readonly layers: Layers;
  readonly forms: LayerForms;
  readonly partials: PartialBlobs;
  readonly concurrentDownloads: () => number;
}

/** Brings layers into the store: several at once, each one once however many pulls want it. */
export class LayerFetcher {
  readonly #context: FetchContext;
  readonly #flights = new LayerFlights<LayerReport>();
  readonly #turnstile: Turnstile;

  constructor(context: FetchContext) {
    this.#context = context;
    this.#turnstile = new Turnstile(context.concurrentDownloads);
  }

  /** The caller holds the layers. When one fails the others are given up, and this waits for their end. */
  async fetch(
    repository: RemoteRepository,
    wanted: readonly RemoteLayer[],
    onProgress: OnImageProgress,
    signal: AbortSignal,
  ): Promise<void> {
    await using fate = new SharedFate(signal);
    const downloads = wanted.map((layer) => {
      const tell = (report: LayerReport) =>
        onProgress({ kind: 'layer', id: shortId(layer.descriptor.digest), ...report });
      const isHere = this.#context.layers.get(layer.diffId) !== undefined;
      tell({ status: isHere ? 'Already exists' : 'Pulling fs layer' });
      const done = isHere ? undefined : fate.add(this.#board(repository, layer, tell, fate.signal));
      return { tell, done, size: layer.descriptor.size };
    });
    try {
      for (const { tell, done, size } of downloads) {
        if (done === undefined) continue;
        await done;
        tell({ status: 'Extracting', current: size, total: size });
        tell({ status: 'Pull complete' });
      }
    } catch (error) {
      signal.throwIfAborted();
      // Of several the first to fail is the reason; the others were given up for it.
      throw fate.signal.reason ?? error;
    }
  }

  #board(
    repository: RemoteRepository,
    { diffId, descriptor }: RemoteLayer,
    tell: (report: LayerReport) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { layers, forms, partials } = this.#context;
    const start = async (report: (report: LayerReport) => void, flightSignal: AbortSignal) => {
      using _held = layers.hold([diffId]);
      using _turn = await this.#turnstile.enter(() => report({ status: 'Waiting' }), flightSignal);
      await download({ layers, partials, repository, descriptor, diffId }, report, flightSignal);
      forms.record(diffId, descriptor);
    };
    return this.#flights.board(diffId, start, tell, signal);
  }
}
