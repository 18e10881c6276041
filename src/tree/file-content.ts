import type { FileHandle } from 'node:fs/promises';
import { EngineError } from '#base';
import type { TarEntry, TarExtent } from '#oci';

/** What the runtimes let a file be made as long as. */
const largestBytes = 2 ** 52 - 1;

/** Where the stored bytes of an archive's member go in its file; the holes of a sparse one stay holes. */
export class FileContent {
  readonly #file: FileHandle;
  readonly #runs: readonly TarExtent[] | undefined;
  #run = 0;
  #within = 0;

  private constructor(file: FileHandle, runs: readonly TarExtent[] | undefined) {
    this.#file = file;
    this.#runs = runs;
  }

  /** Begins to fill an empty file, which stays its opener's. @throws EngineError invalid, or EFBIG, for one too large */
  static async begin(file: FileHandle, { extents, sizeBytes }: TarEntry): Promise<FileContent> {
    if (sizeBytes > largestBytes) throw new EngineError('invalid', `no file has ${sizeBytes} bytes`);
    if (extents !== undefined) await file.truncate(sizeBytes);
    return new FileContent(file, extents);
  }

  /** Takes the next of the stored bytes. */
  async write(piece: Uint8Array): Promise<void> {
    if (this.#runs === undefined) {
      await this.#file.appendFile(piece);
      return;
    }
    let rest = piece;
    for (let run = this.#runs[this.#run]; run !== undefined && rest.length > 0; run = this.#runs[this.#run]) {
      const part = rest.subarray(0, run.length - this.#within);
      await writeAt(this.#file, part, run.offset + this.#within);
      this.#within += part.length;
      rest = rest.subarray(part.length);
      if (this.#within < run.length) return;
      this.#run += 1;
      this.#within = 0;
    }
  }
}

async function writeAt(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, at, bytes.length - at, position + at);
    at += bytesWritten;
  }
}
