import { stat } from 'node:fs/promises';
import { KeyedLock, undefinedFor } from '#base';
import { LogFile } from './log-file.ts';

/** A log that is rotated faster than it can be opened is taken as it is found, perhaps not in order. */
const attempts = 5;

/**
 * The files of containers' logs: PATH is being written, PATH.1, PATH.2 … are older, perhaps packed (`.gz`). Readers
 * keep what they read from being packed.
 */
export class LogFiles {
  readonly #turns = new KeyedLock();
  readonly #open = new Map<bigint, number>();

  /** Runs `work` while nobody else of this process opens or packs files of this log. */
  async alone<T>(path: string, work: () => Promise<T>): Promise<T> {
    return await this.#turns.run(path, work);
  }

  /**
   * Opens the files of a log, oldest first; the caller disposes of them.
   * @param after only files that are younger than this inode, or all when it has gone
   */
  async open(path: string, after?: bigint): Promise<LogFile[]> {
    return await this.alone(path, async () => {
      for (let attempt = 1; ; attempt++) {
        const files = await this.#openAll(path, after);
        const youngest = files.at(-1)?.inode ?? after;
        if (attempt === attempts || (await inodeOf(path)) === youngest) return files;
        await closeAll(files);
      }
    });
  }

  /** Whether someone reads the file. */
  isOpen(inode: bigint): boolean {
    return this.#open.has(inode);
  }

  /** From the youngest on: a file that gets the next name meanwhile is met again, and none is missed. */
  async #openAll(path: string, after: bigint | undefined): Promise<LogFile[]> {
    await using undo = new AsyncDisposableStack();
    const files: LogFile[] = [];
    // While a name goes over to the next file it is missing for a moment.
    for (let number = 0, missing = 0; missing < 2; number++) {
      const file = await this.#openNumber(path, number);
      missing = file === undefined ? missing + 1 : 0;
      if (file === undefined) continue;
      const isKnown = files.some(({ inode }) => inode === file.inode);
      if (file.inode === after || isKnown) await file[Symbol.asyncDispose]();
      if (file.inode === after) break;
      if (!isKnown) files.unshift(undo.use(file));
    }
    undo.move();
    return files;
  }

  async #openNumber(path: string, number: number): Promise<LogFile | undefined> {
    for (const name of namesOf(path, number)) {
      const file = await LogFile.open(name, (inode) => this.#count(inode, -1));
      if (file === undefined) continue;
      this.#count(file.inode, 1);
      return file;
    }
    return undefined;
  }

  #count(inode: bigint, change: number): void {
    const readers = (this.#open.get(inode) ?? 0) + change;
    if (readers === 0) this.#open.delete(inode);
    else this.#open.set(inode, readers);
  }
}

export async function closeAll(files: readonly LogFile[]): Promise<void> {
  await Promise.all(files.map((file) => file[Symbol.asyncDispose]()));
}

/** The names that the file of a number may have; 0 is the current one. */
export function namesOf(path: string, number: number): string[] {
  return number === 0 ? [path] : [`${path}.${number}`, `${path}.${number}.gz`];
}

/** The inode that a name stands for now. */
export async function inodeOf(path: string): Promise<bigint | undefined> {
  return (await stat(path, { bigint: true }).catch(undefinedFor('ENOENT')))?.ino;
}
