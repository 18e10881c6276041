import { rm } from 'node:fs/promises';
import { EngineError } from '#base';
import type { ExpectedLayer, LayerIngest, LayerRecord } from '../types.ts';
import type { LayerJob } from './layer-job.ts';
import type { WireSummary, WrittenLayer } from './messages.ts';

export interface IngestOptions {
  /** The worker writes into it; gone when the ingest is disposed of. */
  readonly folder: string;
  readonly expected: ExpectedLayer;
  readonly keep: (layer: WrittenLayer) => Promise<LayerRecord>;
  readonly hold: (layer: WrittenLayer) => Disposable;
  readonly signal: AbortSignal;
}

/** One layer on its way in: bytes to the worker, verification of what came out. */
export class Ingest implements LayerIngest {
  readonly #job: LayerJob;
  readonly #options: IngestOptions;
  #wireBytes = 0;
  #held: Disposable | undefined;

  constructor(job: LayerJob, options: IngestOptions) {
    this.#job = job;
    this.#options = options;
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const room = await this.room();
      const piece = chunk.subarray(at, at + room.length);
      room.set(piece);
      this.filled(piece.length);
      at += piece.length;
    }
  }

  room(): Promise<Uint8Array> {
    return this.#job.room();
  }

  filled(length: number): void {
    const { expected, signal } = this.#options;
    signal.throwIfAborted();
    this.#wireBytes += length;
    if (expected.wireBytes !== undefined && this.#wireBytes > expected.wireBytes) {
      throw new EngineError(
        'corrupt',
        `layer is longer than the ${expected.wireBytes} bytes that were announced`,
      );
    }
    this.#job.filled(length);
  }

  async finish(): Promise<LayerRecord> {
    const { expected, signal } = this.#options;
    const outcome = await this.#job.end();
    signal.throwIfAborted();
    verifyWire(outcome, expected);
    if (outcome.kind === 'broken') throw new EngineError('invalid', outcome.reason);
    verifyContent(outcome, expected);
    this.#held = this.#options.hold(outcome);
    return this.#options.keep(outcome);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#held?.[Symbol.dispose]();
    await this.#job.abort();
    await rm(this.#options.folder, { recursive: true, force: true });
  }
}

function verifyWire({ wireDigest, wireBytes }: WireSummary, expected: ExpectedLayer): void {
  if (expected.digest !== undefined && wireDigest !== expected.digest) {
    throw new EngineError('corrupt', `filesystem layer verification failed for digest ${expected.digest}`);
  }
  if (expected.wireBytes !== undefined && wireBytes !== expected.wireBytes) {
    throw new EngineError('corrupt', `layer has ${wireBytes} bytes, ${expected.wireBytes} were announced`);
  }
}

function verifyContent({ diffId }: WrittenLayer, expected: ExpectedLayer): void {
  if (expected.diffId !== undefined && diffId !== expected.diffId) {
    throw new EngineError('corrupt', `layer content has diffID ${diffId}, expected ${expected.diffId}`);
  }
}
