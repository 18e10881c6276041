import { createHash, randomUUID } from 'node:crypto';
import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { CacheSharing } from '#dockerfile';

/** A directory that outlives builds, as a command wants it. */
export interface CacheWish {
  readonly id: string;
  readonly sharing: CacheSharing;
  /** Of a directory that is new. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Fills a directory that is new. */
  readonly fill: (directory: string) => Promise<void>;
}

/** The use of a cache directory, until it is disposed of. */
export interface CacheUse extends Disposable {
  readonly path: string;
}

/** The directories of cache mounts: one for each id, of private ones as many as are used at once. */
export class CacheMounts {
  readonly #root: string;
  readonly #users = new Map<string, number>();
  readonly #waiting = new Map<string, (() => void)[]>();

  /** @param root a directory of the data root, made when it is needed */
  constructor(root: string) {
    this.#root = root;
  }

  /** Of a locked one, waits until it is free. */
  async take(wish: CacheWish, signal: AbortSignal): Promise<CacheUse> {
    const name = createHash('sha256').update(wish.id).digest('hex');
    if (wish.sharing === 'locked') await this.#untilFree(name, signal);
    const place = wish.sharing === 'private' ? this.#firstFree(name) : name;
    this.#users.set(place, (this.#users.get(place) ?? 0) + 1);
    const use = { path: join(this.#root, place), [Symbol.dispose]: () => this.#release(place) };
    try {
      await makeOnce(use.path, wish);
      return use;
    } catch (error) {
      this.#release(place);
      throw error;
    }
  }

  #firstFree(name: string): string {
    for (let number = 0; ; number++) {
      const place = number === 0 ? name : `${name}-${number}`;
      if (!this.#users.has(place)) return place;
    }
  }

  async #untilFree(name: string, signal: AbortSignal): Promise<void> {
    while (this.#users.has(name)) {
      signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve]);
      const giveUp = () => resolve();
      signal.addEventListener('abort', giveUp, { once: true });
      await promise;
      signal.removeEventListener('abort', giveUp);
    }
  }

  #release(place: string): void {
    const users = (this.#users.get(place) ?? 0) - 1;
    if (users > 0) {
      this.#users.set(place, users);
      return;
    }
    this.#users.delete(place);
    const waiting = this.#waiting.get(place) ?? [];
    this.#waiting.delete(place);
    for (const wake of waiting) wake();
  }
}

/** A directory that is there is whole, whoever else makes it at the same time or was killed when making it. */
async function makeOnce(path: string, { mode, uid, gid, fill }: CacheWish): Promise<void> {
  if (existsSync(path)) return;
  const draft = `${path}.${randomUUID()}`;
  try {
    mkdirSync(draft, { recursive: true });
    await fill(draft);
    chownSync(draft, uid, gid);
    chmodSync(draft, mode);
    if (!existsSync(path)) renameSync(draft, path);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
