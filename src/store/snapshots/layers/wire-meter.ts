import { createHash } from 'node:crypto';
import type { Digest } from '#base';

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

  /** Of what has passed; only once. */
  finish(): { wireDigest: Digest; wireBytes: number } {
    return { wireDigest: `sha256:${this.#hash.digest('hex')}` as Digest, wireBytes: this.#bytes };
  }
}
