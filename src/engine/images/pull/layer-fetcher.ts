import { type DiffId, EngineError, errorKind, errorMessage } from '#base';
import type { Descriptor } from '#oci';
import type { RemoteImage } from '#registry';
import type { Layers } from '#store/snapshots';
import { shortId } from '../names.ts';
import { ProgressMeter } from '../progress-meter.ts';
import type { LayerStatus, OnImageProgress } from '../types.ts';
import { LayerFlights } from './layer-flights.ts';
import { Turnstile } from './turnstile.ts';

/** A layer as a manifest names it, with the diffID that the config gives it. */
export interface RemoteLayer {
  readonly descriptor: Descriptor;
  readonly diffId: DiffId;
}

interface LayerReport {
  readonly status: LayerStatus;
  readonly current?: number;
  readonly total?: number;
}

/** Brings layers into the store: several at once, each one once however many pulls want it. */
export class LayerFetcher {
  readonly #layers: Layers;
  readonly #flights = new LayerFlights<LayerReport>();
  readonly #turnstile: Turnstile;

  constructor(layers: Layers, concurrentDownloads: () => number) {
    this.#layers = layers;
    this.#turnstile = new Turnstile(concurrentDownloads);
  }

  /** The caller holds the layers. When one fails the others are given up, and this waits for their end. */
  async fetch(
    remote: RemoteImage,
    wanted: readonly RemoteLayer[],
    onProgress: OnImageProgress,
    signal: AbortSignal,
  ): Promise<void> {
    const failure = new AbortController();
    const anySignal = AbortSignal.any([signal, failure.signal]);
    const downloads = wanted.map((layer) => {
      const tell = (report: LayerReport) =>
        onProgress({ kind: 'layer', id: shortId(layer.descriptor.digest), ...report });
      if (this.#layers.get(layer.diffId) !== undefined) {
        tell({ status: 'Already exists' });
        return { tell, done: Promise.resolve(), isHere: true };
      }
      tell({ status: 'Pulling fs layer' });
      const done = this.#flights.board(
        layer.diffId,
        (report, flightSignal) => this.#download(remote, layer, report, flightSignal),
        tell,
        anySignal,
      );
      done.catch((error: unknown) => failure.abort(error));
      return { tell, done, isHere: false };
    });
    try {
      for (const { tell, done, isHere } of downloads) {
        await done;
        if (isHere) continue;
        tell({ status: 'Extracting' });
        tell({ status: 'Pull complete' });
      }
    } finally {
      await Promise.allSettled(downloads.map(({ done }) => done));
    }
  }

  async #download(
    remote: RemoteImage,
    { descriptor, diffId }: RemoteLayer,
    report: (report: LayerReport) => void,
    signal: AbortSignal,
  ): Promise<void> {
    using _held = this.#layers.hold([diffId]);
    using _turn = await this.#turnstile.enter(() => report({ status: 'Waiting' }), signal);
    const { digest, size } = descriptor;
    await using ingest = await this.#layers.ingest({ diffId, digest, wireBytes: size }, signal);
    const meter = new ProgressMeter((current) => report({ status: 'Downloading', current, total: size }));
    try {
      for await (const chunk of remote.repository.fetchBlob(descriptor, signal)) {
        await ingest.write(chunk);
        meter.add(chunk.length);
      }
      report({ status: 'Verifying Checksum' });
      await ingest.finish();
    } catch (error) {
      signal.throwIfAborted();
      throw explain(error);
    }
    report({ status: 'Download complete' });
  }
}

/** A layer whose bytes arrived but cannot be one is told as Docker tells it. */
function explain(error: unknown): unknown {
  if (errorKind(error) !== 'invalid') return error;
  return new EngineError('invalid', `failed to register layer: ${errorMessage(error)}`, { cause: error });
}
