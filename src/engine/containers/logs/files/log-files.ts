import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { errnoOf, KeyedLock } from '#base';
import { tryLockFile } from '#linux';
import { LogFile, openForReading } from './log-file.ts';

/**
 * The files of containers' logs: PATH is being written, PATH.1, PATH.2 … are older, perhaps compressed (`.gz`).
 * The shim does not rotate while the lock of the current file is taken, and readers keep what they read from being
 * compressed.
 */
export class LogFiles {
  readonly #turns = new KeyedLock();
  readonly #open = new Map<bigint, number>();

  /**
   * Runs `work` while no file of this log gets another name; keep it short. `locked` is false when there is no
   * current file, or its lock could not be had.
   */
  async hold<T>(path: string, work: (locked: boolean) => Promise<T>): Promise<T> {
    return await this.alone(path, async () => {
      await using lock = await lockCurrent(path);
      return await work(lock !== undefined);
    });
  }

  /** Runs `work` while nobody else of this process holds the log. */
  async alone<T>(path: string, work: () => Promise<T>): Promise<T> {
    return await this.#turns.run(path, work);
  }

  /**
   * Opens the files of a log, oldest first; the caller disposes of them.
   * @param after only files that are younger than this inode, or all when it has gone
   */
  async open(path: string, after?: bigint): Promise<LogFile[]> {
    return await this.hold(path, async () => {
      await using undo = new AsyncDisposableStack();
      const files: LogFile[] = [];
      for (let number = 0; ; number++) {
        const file = await this.#openNumber(path, number);
        if (file === undefined && number > 0) break;
        if (file === undefined) continue;
        undo.use(file);
        if (file.inode === after) {
          await file[Symbol.asyncDispose]();
          break;
        }
        files.unshift(file);
      }
      undo.move();
      return files;
    });
  }

  /** Whether someone reads the file. */
  isOpen(inode: bigint): boolean {
    return this.#open.has(inode);
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

/** The names that the file of a number may have; 0 is the current one. */
export function namesOf(path: string, number: number): string[] {
  return number === 0 ? [path] : [`${path}.${number}`, `${path}.${number}.gz`];
}

/** The inode that a name stands for now. */
export async function inodeOf(path: string): Promise<bigint | undefined> {
  try {
    return (await stat(path, { bigint: true })).ino;
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Between two names of the current file there is a moment without one. */
const attempts = 100;

/** Locks the file that has the name; nothing when there is none. */
async function lockCurrent(path: string): Promise<AsyncDisposable | undefined> {
  for (let attempt = 0; attempt < attempts; attempt++) {
    const handle = await openForReading(path);
    if (handle !== undefined) {
      const locked = tryLockFile(handle.fd) !== undefined;
      if (locked && (await inodeOf(path)) === (await handle.stat({ bigint: true })).ino) return handle;
      await handle.close();
    } else if ((await inodeOf(`${path}.1`)) === undefined) return undefined;
    await setImmediate();
  }
  return undefined;
}
