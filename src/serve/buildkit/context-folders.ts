import { createHash, randomUUID } from 'node:crypto';
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
  /** What stands for the files of a directory as they are; none of one that may be half made. */
  readonly #identities = new Map<string, string>();

  /** @param root a directory of the data root, made when it is needed */
  constructor(root: string) {
    this.#root = root;
  }

  /**
   * A directory for the sole use of who takes it, best one that held the same before.
   * @param fill makes it as it is to be; tells whether it has changed anything
   */
  async take(key: string, fill: (path: string) => Promise<boolean>): Promise<SourceTree> {
    const name = this.#choose(createHash('sha256').update(key).digest('hex'));
    await using undo = new AsyncDisposableStack();
    this.#used.add(name);
    undo.defer(() => this.#giveBack(name));
    const path = join(this.#root, name);
    if (!existsSync(path)) mkdirSync(path, { recursive: true, mode: 0o700 });
    const before = this.#identities.get(name);
    this.#identities.delete(name);
    const hasChanged = await fill(path);
    const identity = hasChanged || before === undefined ? randomUUID() : before;
    this.#identities.set(name, identity);
    const held = undo.move();
    return { path, identity, [Symbol.asyncDispose]: () => held.disposeAsync() };
  }

  #choose(hash: string): string {
    let name = hash;
    for (let number = 1; this.#used.has(name); number++) name = `${hash}-${number}`;
    return name;
  }

  async #giveBack(name: string): Promise<void> {
    const now = new Date();
    await utimes(join(this.#root, name), now, now);
    this.#used.delete(name);
    await this.#removeOldest();
  }

  async #removeOldest(): Promise<void> {
    const names = (await readdir(this.#root)).filter((name) => !this.#used.has(name));
    const times = await Promise.all(names.map(async (name) => (await stat(join(this.#root, name))).mtimeMs));
    const byAge = names
      .map((name, index) => ({ name, time: times[index] ?? 0 }))
      .sort((left, right) => left.time - right.time);
    for (const { name } of byAge.slice(0, Math.max(0, byAge.length - mostKept))) {
      this.#identities.delete(name);
      await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }
}
