import { setImmediate } from 'node:timers/promises';
import { isDirectory, isFile } from '../erofs/index-reader.ts';
import type { TreeChange } from '../types.ts';
import type { OpenLayer } from './open-layer.ts';
import { hasSameAttributes, hasSameContent } from './same-file.ts';
import { isSame, list, rootOf, type Seen } from './stack.ts';

/** Other work gets its turn after so many files. */
const turnFiles = 1000;

/** How one stack of layers differs from another in what a container would see; both from top to bottom. */
export async function compareStacks(
  before: readonly OpenLayer[],
  after: readonly OpenLayer[],
  signal: AbortSignal,
): Promise<TreeChange[]> {
  const comparison = new Comparison(signal);
  await comparison.directory('', rootOf(before), rootOf(after));
  return comparison.changes;
}

class Comparison {
  readonly changes: TreeChange[] = [];
  readonly #signal: AbortSignal;
  #files = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** What differs in a directory; where both sides are the same layers nothing is looked at. */
  async directory(path: string, before: Seen | undefined, after: Seen | undefined): Promise<void> {
    if (before !== undefined && after !== undefined && isSame(before, after)) return;
    const [old, young] = [entries(before), entries(after)];
    for (const name of [...new Set([...old.keys(), ...young.keys()])].sort()) {
      await this.#takeTurns();
      await this.#entry(`${path}/${Buffer.from(name, 'latin1')}`, old.get(name), young.get(name));
    }
  }

  async #entry(path: string, before: Seen | undefined, after: Seen | undefined): Promise<void> {
    if (after === undefined) {
      if (before !== undefined) this.changes.push({ path, kind: 'deleted', sizeChange: -treeBytes(before) });
      return;
    }
    const sizeChange = fileBytes(after) - fileBytes(before);
    if (before === undefined) this.changes.push({ path, kind: 'added', sizeChange });
    else if (!(await isEqual(before, after))) this.changes.push({ path, kind: 'modified', sizeChange });
    if (isTree(after)) await this.directory(path, before && isTree(before) ? before : undefined, after);
  }

  async #takeTurns(): Promise<void> {
    this.#signal.throwIfAborted();
    this.#files++;
    if (this.#files % turnFiles === 0) await setImmediate();
  }
}

/** Of directories only what they are themselves. */
async function isEqual(before: Seen, after: Seen): Promise<boolean> {
  const [[old], [young]] = [before, after];
  if (isSame([old], [young])) return true;
  return hasSameAttributes(old.inode, young.inode) && (await hasSameContent(old, young));
}

function isTree(seen: Seen): boolean {
  return isDirectory(seen[0].inode);
}

function entries(directory: Seen | undefined): ReadonlyMap<string, Seen> {
  return directory === undefined ? new Map() : list(directory);
}

function fileBytes(seen: Seen | undefined): number {
  return seen !== undefined && isFile(seen[0].inode) ? seen[0].inode.sizeBytes : 0;
}

/** All files below, too. */
function treeBytes(seen: Seen): number {
  if (!isTree(seen)) return fileBytes(seen);
  return [...list(seen).values()].reduce((sum, entry) => sum + treeBytes(entry), 0);
}
