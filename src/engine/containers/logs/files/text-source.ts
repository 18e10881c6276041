import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes that are read from front to back. */
export interface TextSource extends AsyncDisposable {
  /** Fills as much of the block as there is; a position is never before that of an earlier call. */
  read(block: Buffer, position: number): Promise<number>;
}

export class PlainSource implements TextSource {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async read(block: Buffer, position: number): Promise<number> {
    return (await this.#handle.read(block, 0, block.length, position)).bytesRead;
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}

const chunkBytes = 64 * 1024;

/** A compressed file, unpacked as it is read; one that is damaged ends where the damage begins. */
export class UnpackedSource implements TextSource {
  readonly #packed: Readable;
  readonly #unpacking = createGunzip({ chunkSize: chunkBytes });
  readonly #chunks: AsyncIterator<Buffer>;
  #window: Buffer = Buffer.alloc(0);
  #windowStart = 0;

  constructor(handle: FileHandle) {
    this.#packed = Readable.from(readBytes(handle));
    this.#packed.on('error', (error) => this.#unpacking.destroy(error)).pipe(this.#unpacking);
    this.#chunks = this.#unpacking[Symbol.asyncIterator]();
  }

  async read(block: Buffer, position: number): Promise<number> {
    while (this.#windowStart + this.#window.length < position + block.length) {
      const chunk = await this.#next();
      if (chunk === undefined) break;
      this.#drop(position);
      this.#window = this.#window.length === 0 ? chunk : Buffer.concat([this.#window, chunk]);
    }
    this.#drop(position);
    return this.#window.copy(block);
  }

  /** The file may be closed only when nothing reads it any more. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#unpacking.destroy();
    if (this.#packed.closed) return;
    this.#packed.destroy();
    await once(this.#packed, 'close');
  }

  async #next(): Promise<Buffer | undefined> {
    try {
      const { value, done } = await this.#chunks.next();
      return done ? undefined : value;
    } catch {
      return undefined;
    }
  }

  #drop(position: number): void {
    const passed = Math.min(position - this.#windowStart, this.#window.length);
    this.#window = this.#window.subarray(passed);
    this.#windowStart += passed;
  }
}

/** A file's bytes from its start on. */
export async function* readBytes(handle: FileHandle): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    const block = Buffer.allocUnsafe(chunkBytes);
    const { bytesRead } = await handle.read(block, 0, chunkBytes, position);
    if (bytesRead === 0) return;
    position += bytesRead;
    yield block.subarray(0, bytesRead);
  }
}
