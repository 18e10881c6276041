import { createHash } from 'node:crypto';
import type { Digest } from '#base';
import type { BlobName } from './types.ts';

/** Digest and length of a stream that may be read several times in parts that overlap. */
export class StreamMeter {
  readonly #hash = createHash('sha256');
  #measured = 0;
  #blob: BlobName | undefined;

  /** How far the stream has been read. */
  get measured(): number {
    return this.#measured;
  }

  /** Known once the end was read. */
  get blob(): BlobName | undefined {
    return this.#blob;
  }

  /** Passes on bytes that begin at `from`, and takes account of those that are new. */
  async *measure(bytes: AsyncIterable<Uint8Array>, from: number): AsyncGenerator<Uint8Array> {
    let position = from;
    for await (const chunk of bytes) {
      const known = Math.max(0, this.#measured - position);
      position += chunk.length;
      if (known < chunk.length) this.#add(chunk.subarray(known));
      yield chunk;
    }
    this.#blob ??= { digest: `sha256:${this.#hash.digest('hex')}` as Digest, size: this.#measured };
  }

  #add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.#measured += chunk.length;
  }
}
