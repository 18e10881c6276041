import { scanLog } from '#linux';
import { entryLimitBytes, grownBytes } from './decode-text.ts';
import type { LogFile } from './log-file.ts';

/** A place in a log: the file's place in the list, and an offset in its text. */
export interface Place {
  readonly index: number;
  readonly offset: number;
}

export const start: Place = { index: 0, offset: 0 };

export function later(a: Place, b: Place): Place {
  return a.index > b.index || (a.index === b.index && a.offset > b.offset) ? a : b;
}

/** Where the last `lines` entries begin. Only as much is read as they take, and each compressed file as a whole. */
export async function findTail(files: readonly LogFile[], mode: number, lines: number): Promise<Place> {
  let wanted = lines;
  for (let index = files.length - 1; index >= 0; index--) {
    const file = files[index];
    if (file === undefined) continue;
    const { offset, missing } = file.compressed
      ? await tailOfCompressed(file, mode, wanted)
      : await tailOf(file, mode, wanted, await file.size());
    if (missing === 0) return { index, offset };
    wanted = missing;
  }
  return start;
}

/** Where the entries from a moment on begin, found by halving: times must not fall. May be too early, never too late. */
export async function findTime(files: readonly LogFile[], mode: number, sinceNs: bigint): Promise<Place> {
  for (let index = files.length - 1; index >= 0; index--) {
    const file = files[index];
    const first = file === undefined ? undefined : await firstEntry(file, mode, 0, entryLimitBytes);
    if (file === undefined || first === undefined || first.timeNs >= sinceNs) continue;
    return { index, offset: file.compressed ? 0 : await halve(file, mode, sinceNs) };
  }
  return start;
}

/** The time of the entry that ends at an offset, or of the last before it; not for compressed files. */
export async function timeBefore(file: LogFile, mode: number, offset: number): Promise<bigint | undefined> {
  const last = await tailOf(file, mode, 1, Math.min(offset, await file.size()));
  return last.missing > 0 ? undefined : (await firstEntry(file, mode, last.offset, offset))?.timeNs;
}

const probeBytes = 64 * 1024;

interface Tail {
  readonly offset: number;
  /** How many entries are to be looked for in older files. */
  readonly missing: number;
}

/** Where the last entries before `size` begin. */
async function tailOf(file: LogFile, mode: number, lines: number, size: number): Promise<Tail> {
  await using text = file.text();
  const block = new Block();
  let missing = lines;
  let end = size;
  while (end > 0 && missing > 0) {
    const from = Math.max(0, end - block.bytes);
    const bytes = await block.read(text, from, end);
    const all = scanLog(bytes, mode);
    if (all.count > missing)
      return { offset: from + scanLog(bytes, mode, all.count - missing).end, missing: 0 };
    if (all.count === 0 && from > 0 && block.grow()) continue;
    missing -= all.count;
    end = all.count === 0 ? from : from + all.start;
  }
  return { offset: end, missing };
}

async function tailOfCompressed(file: LogFile, mode: number, lines: number): Promise<Tail> {
  const { count } = await skip(file, mode, Number.MAX_SAFE_INTEGER);
  if (count <= lines) return { offset: 0, missing: lines - count };
  return { offset: (await skip(file, mode, count - lines)).offset, missing: 0 };
}

/** Passes at most so many entries of a file. */
async function skip(file: LogFile, mode: number, most: number): Promise<{ count: number; offset: number }> {
  await using text = file.text();
  const block = new Block();
  let count = 0;
  let offset = 0;
  while (count < most) {
    const bytes = await block.read(text, offset, offset + block.bytes);
    const scan = scanLog(bytes, mode, most - count);
    count += scan.count;
    if (scan.count > 0) offset += scan.end;
    else if (bytes.length < block.bytes) break;
    else if (!block.grow()) offset += bytes.length;
  }
  return { count, offset };
}

/** The first entry that begins in [from, to). */
async function firstEntry(file: LogFile, mode: number, from: number, to: number) {
  await using text = file.text();
  const block = new Block();
  do {
    const { count, start: at, timeNs } = scanLog(await block.read(text, from, from + block.bytes), mode, 1);
    if (count > 0) return from + at < to ? { offset: from + at, timeNs } : undefined;
  } while (from + block.bytes < to && block.grow());
  return undefined;
}

async function halve(file: LogFile, mode: number, sinceNs: bigint): Promise<number> {
  let low = 0;
  let high = await file.size();
  while (high - low > probeBytes) {
    const middle = Math.floor((low + high) / 2);
    const entry = await firstEntry(file, mode, middle, high);
    if (entry !== undefined && entry.timeNs < sinceNs) low = entry.offset;
    else high = middle;
  }
  return low;
}

/** Room for a piece of a file, which grows until an entry fits in. */
class Block {
  #room: Buffer = Buffer.allocUnsafe(probeBytes);

  get bytes(): number {
    return this.#room.length;
  }

  /** False when it is as large as an entry can be. */
  grow(): boolean {
    if (this.#room.length >= entryLimitBytes) return false;
    this.#room = Buffer.allocUnsafe(grownBytes(this.#room.length));
    return true;
  }

  async read(
    text: { read(block: Buffer, position: number): Promise<number> },
    from: number,
    to: number,
  ): Promise<Buffer> {
    const wanted = this.#room.subarray(0, to - from);
    return wanted.subarray(0, await text.read(wanted, from));
  }
}
