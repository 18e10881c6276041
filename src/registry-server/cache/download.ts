import { EventEmitter, once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { type AnyDigest, errorMessage } from '#base';
import type { Descriptor } from '#oci';
import { Refusal } from '../refusal.ts';
import type { Upload } from '../uploads/upload.ts';

const pieceBytes = 256 << 10;

/** What becomes of an upload when all bytes are here, or never will be. */
export interface Ending {
  /** Stores the blob. @throws when it has not its digest */
  keep(upload: Upload): Promise<void>;
  drop(upload: Upload): Promise<void>;
}

/**
 * A blob that comes from elsewhere into an upload's file, and can be read while it does, by any number of clients at
 * their own pace. Its last byte is held back until the whole was found to have its digest.
 */
export class Download {
  readonly size: number;
  readonly #upload: Upload;
  readonly #progress = new EventEmitter().setMaxListeners(0);
  #state: 'running' | 'done' | 'failed' = 'running';
  /** Resolves when the blob is stored. */
  readonly done: Promise<void>;

  constructor(
    { size }: Descriptor<AnyDigest>,
    upload: Upload,
    chunks: AsyncIterable<Uint8Array>,
    ending: Ending,
  ) {
    this.size = size;
    this.#upload = upload;
    this.done = this.#run(chunks, ending);
    this.done.catch(() => {});
  }

  /**
   * The blob's bytes as they come, to be read to the end or left; undefined when they are stored by now. Resolves once
   * the first are here. @throws what the download fails with, also while iterating
   */
  async open(signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    if (this.#state === 'running' && this.#upload.size === 0)
      await once(this.#progress, 'change', { signal });
    if (this.#state === 'failed') await this.done;
    const file = await open(this.#upload.path).catch(() => undefined);
    if (file !== undefined) return this.#follow(file, signal);
    await this.done;
    return undefined;
  }

  async *#follow(opened: FileHandle, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await using file = opened;
    for (let offset = 0; offset < this.size; ) {
      if (this.#state === 'failed') await this.done;
      const here = this.#state === 'done' ? this.size : Math.min(this.#upload.size, this.size - 1);
      if (offset >= here) {
        await once(this.#progress, 'change', { signal });
        continue;
      }
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, here - offset));
      const { bytesRead } = await file.read(piece, 0, piece.length, offset);
      offset += bytesRead;
      yield piece.subarray(0, bytesRead);
    }
  }

  async #run(chunks: AsyncIterable<Uint8Array>, { keep, drop }: Ending): Promise<void> {
    try {
      const limit = {
        refusal: 'the upstream sends more than the blob has',
        admits: async (bytes: number) => this.#upload.size + bytes <= this.size,
      };
      await this.#upload.append(await this.#upload.takeOver(), this.#watched(chunks), limit);
      await keep(this.#upload);
      this.#state = 'done';
    } catch (error) {
      this.#state = 'failed';
      await drop(this.#upload);
      throw asToldToPuller(error);
    } finally {
      this.#progress.emit('change');
    }
  }

  async *#watched(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      yield chunk;
      this.#progress.emit('change');
    }
  }
}

/** What is wrong with an upload is nothing that the one who pulls did. */
function asToldToPuller(error: unknown): unknown {
  if (error instanceof Refusal && (error.code === 'BLOB_UNKNOWN' || error.code === 'UNAVAILABLE'))
    return error;
  return new Refusal('UNAVAILABLE', `the blob could not be copied: ${errorMessage(error)}`, { cause: error });
}
