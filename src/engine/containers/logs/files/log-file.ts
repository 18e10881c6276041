import { type FileHandle, open } from 'node:fs/promises';
import { undefinedFor } from '#base';
import { PlainSource, type TextSource, UnpackedSource } from './text-source.ts';

/** One file of a log, open for reading whatever becomes of its name. */
export class LogFile implements AsyncDisposable {
  readonly inode: bigint;
  readonly compressed: boolean;
  readonly #handle: FileHandle;
  readonly #onClose: () => void;

  private constructor(handle: FileHandle, inode: bigint, compressed: boolean, onClose: () => void) {
    this.#handle = handle;
    this.inode = inode;
    this.compressed = compressed;
    this.#onClose = onClose;
  }

  /** @returns undefined when there is no such file */
  static async open(path: string, onClose: (inode: bigint) => void): Promise<LogFile | undefined> {
    const handle = await openForReading(path);
    if (handle === undefined) return undefined;
    const { ino } = await handle.stat({ bigint: true });
    return new LogFile(handle, ino, path.endsWith('.gz'), () => onClose(ino));
  }

  /** Bytes on disk. */
  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  /** The text of the log, unpacked where it is compressed; it must be disposed of before the file. */
  text(): TextSource {
    if (!this.compressed) return new PlainSource(this.#handle);
    return new UnpackedSource(this.#handle);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#onClose();
    await this.#handle.close();
  }
}

/** @returns undefined when there is no such file */
export async function openForReading(path: string): Promise<FileHandle | undefined> {
  return await open(path, 'r').catch(undefinedFor('ENOENT'));
}
