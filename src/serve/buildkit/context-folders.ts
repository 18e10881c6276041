import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceTree } from '#engine/builder';

/** As many contexts as are kept; those that were used longest ago go first. */
const mostKept = 16;

/** Directories that hold what clients have sent, so that next time only what has changed is sent. */
export class ContextFolders {
  readonly #root: string;
  readonly #used = new Set<string>();

  /** @param root a directory of the data root, made when it is needed */
  constructor(root: string) {
    this.#root = root;
  }

  /** A directory for the sole use of who takes it, best one that held the same before. */
  async take(key: string): Promise<SourceTree> {
    const hash = createHash('sha256').update(key).digest('hex');
    let name = hash;
    for (let number = 1; this.#used.has(name); number++) name = `${hash}-${number}`;
    this.#used.add(name);
    const path = join(this.#root, name);
    if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
    return {
      path,
      [Symbol.asyncDispose]: async () => {
        const now = new Date();
        await utimes(path, now, now);
        this.#used.delete(name);
        await this.#removeOldest();
      },
    };
  }

  async #removeOldest(): Promise<void> {
    const names = (await readdir(this.#root)).filter((name) => !this.#used.has(name));
    const times = await Promise.all(names.map(async (name) => (await stat(join(this.#root, name))).mtimeMs));
    const byAge = names
      .map((name, index) => ({ name, time: times[index] ?? 0 }))
      .sort((a, b) => a.time - b.time);
    for (const { name } of byAge.slice(0, Math.max(0, byAge.length - mostKept))) {
      await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }
}
