import { freeBytes } from '#base';
import type { Compressors } from './compressors.ts';
import { blockBytes, compressInOrder } from './in-order.ts';
import type { Block, CompressionFormat } from './messages.ts';

/** A file that must not change meanwhile, and how it is to be compressed. */
export interface PlainFile {
  readonly path: string;
  readonly size: number;
  readonly format: CompressionFormat;
}

/**
 * What a file is compressed, made anew whenever it is read: nothing of it is kept but where each block ended, so that
 * reading can go on in the middle. Blocks are compressed on all threads, a few ahead of the reader.
 */
export class CompressedFile {
  readonly #compressors: Compressors;
  readonly #file: PlainFile;
  /** Where each block that was read to its end ends, in compressed bytes. */
  readonly #ends: number[] = [];

  constructor(compressors: Compressors, file: PlainFile) {
    this.#compressors = compressors;
    this.#file = file;
  }

  /**
   * The compressed bytes from a position on, up to which they must have been read before. A piece is gone when the
   * next one is asked for.
   * @param onRead is told how far into the file itself the pieces that were taken reach
   * @throws EngineError internal, when the file cannot be read
   */
  async *read(from: number, onRead: (position: number) => void): AsyncGenerator<Uint8Array> {
    let index = this.#ends.findLastIndex((end) => end <= from) + 1;
    let position = this.#ends[index - 1] ?? 0;
    for await (const bytes of compressInOrder(this.#compressors, this.#blocksFrom(index))) {
      this.#ends[index++] = position + bytes.length;
      const skipped = Math.max(0, from - position);
      position += bytes.length;
      yield skipped === 0 ? bytes : bytes.subarray(skipped);
      freeBytes(bytes);
      onRead(Math.min(index * blockBytes, this.#file.size));
    }
  }

  *#blocksFrom(first: number): Generator<Block> {
    const count = Math.max(1, Math.ceil(this.#file.size / blockBytes));
    for (let index = first; index < count; index++) yield this.#block(index);
  }

  #block(index: number): Block {
    const { path, size, format } = this.#file;
    const start = index * blockBytes;
    return { path, start, length: Math.min(blockBytes, size - start), format };
  }
}
