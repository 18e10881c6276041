import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { unlessErrno } from '#base';

/** What the files of a tree take; one with several names counts once. */
export interface DiskUsage {
  /** Sum of the lengths of the regular files. */
  readonly lengthBytes: number;
  /** What they, links and directories below the top included, take on disk. */
  readonly diskBytes: number;
}

const blockBytes = 512;
/** What comes and goes meanwhile. */
const gone = ['ENOENT', 'ENOTDIR'];
/** After so many files everybody else gets a turn. */
const filesPerTurn = 512;

/** Measures what is below a directory, as du(1) does. What comes and goes meanwhile may count or not. */
export async function measureTree(directory: string): Promise<DiskUsage> {
  const measure = new TreeMeasure(new Set());
  await measure.addBelow(directory);
  return measure;
}

/** What each entry of a directory takes on disk with all below it, and as `.` the directory itself: the sum is du's. */
export async function measureEntries(
  directory: string,
): Promise<readonly { readonly name: string; readonly diskBytes: number }[]> {
  const measured = [{ name: '.', diskBytes: lstatSync(directory).blocks * blockBytes }];
  const seen = new Set<number>();
  for (const { name } of entriesIfThere(directory)) {
    const measure = new TreeMeasure(seen);
    await measure.add(`${directory}/${name}`);
    measured.push({ name, diskBytes: measure.diskBytes });
  }
  return measured;
}

class TreeMeasure implements DiskUsage {
  lengthBytes = 0;
  diskBytes = 0;
  /** Files of several names that were counted by one of them. */
  readonly #seen: Set<number>;
  #files = 0;

  constructor(seen: Set<number>) {
    this.#seen = seen;
  }

  async add(path: string): Promise<void> {
    const stats = unlessErrno(gone, () => lstatSync(path));
    if (stats === undefined) return;
    this.#count(stats);
    this.#files += 1;
    if (this.#files % filesPerTurn === 0) await setImmediate();
    if (stats.isDirectory()) await this.addBelow(path);
  }

  async addBelow(directory: string): Promise<void> {
    for (const { name } of entriesIfThere(directory)) await this.add(`${directory}/${name}`);
  }

  #count(stats: Stats): void {
    if (!stats.isDirectory() && stats.nlink > 1) {
      if (this.#seen.has(stats.ino)) return;
      this.#seen.add(stats.ino);
    }
    this.diskBytes += stats.blocks * blockBytes;
    if (stats.isFile()) this.lengthBytes += stats.size;
  }
}

function entriesIfThere(directory: string): Dirent[] {
  return unlessErrno(gone, () => readdirSync(directory, { withFileTypes: true })) ?? [];
}
