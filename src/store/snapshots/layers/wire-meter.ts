import { createHash } from 'node:crypto';
import type { Digest } from '#base';
import type { WireSummary } from './messages.ts';

/** Passes a stream on and takes its digest and length. */
export class WireMeter implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for await (const chunk of this.#source) {
      this.#hash.update(chunk);
      this.#bytes += chunk.length;
      yield chunk;
    }
  }

  /** Reads what is left to its end, and tells of all; only once. */
  async finish(): Promise<WireSummary> {
    for await (const _ of this);
    return { wireDigest: `sha256:${this.#hash.digest('hex')}` as Digest, wireBytes: this.#bytes };
  }
}
