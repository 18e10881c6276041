import { blockBytes, invalidHeader, readNumber } from './fields.ts';
import { parseCount } from './pax.ts';
import type { TarExtent } from './types.ts';

const entryBytes = 24;
const mapLimit = 1 << 20;
/** No number that counts is longer. */
const longestLine = 20;

/** Appends the offset-length pairs of an old GNU header or continuation block to `map`. */
export function readGnuPairs(block: Uint8Array, at: number, count: number, map: number[]): void {
  for (let i = 0; i < count; i++) {
    const entry = at + i * entryBytes;
    if (block[entry] === 0) return;
    map.push(readNumber(block, entry, 12), readNumber(block, entry + 12, 12));
  }
  if (map.length > mapLimit) throw invalidHeader();
}

/** Collects the map that stands before the data of a PAX 1.0 sparse file: decimal lines in whole blocks. */
export class PaxMapReader {
  readonly #lines: string[] = [];
  #rest = '';

  /** Takes a block; answers the offset-length pairs once they are complete. @throws EngineError invalid */
  take(block: Uint8Array): number[] | undefined {
    const lines = (this.#rest + Buffer.from(block).toString('latin1')).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#lines.push(line);
    const map = this.#complete();
    if (map === undefined && this.#rest.length > longestLine) throw invalidHeader();
    return map;
  }

  #complete(): number[] | undefined {
    const [first] = this.#lines;
    if (first === undefined) return undefined;
    const count = parseCount(first);
    if (count > mapLimit) throw invalidHeader();
    return this.#lines.length > 2 * count ? this.#lines.slice(1, 1 + 2 * count).map(parseCount) : undefined;
  }
}

/**
 * Turns offset-length pairs into extents whose bytes stand one after the other from `position` on.
 * @throws EngineError invalid, unless the runs ascend, stay in the file and are exactly the stored bytes
 */
export function layExtents(
  map: readonly number[],
  file: { readonly sizeBytes: number; readonly position: number; readonly storedBytes: number },
): TarExtent[] {
  const extents: TarExtent[] = [];
  let reached = 0;
  let position = file.position;
  for (let i = 0; i + 1 < map.length; i += 2) {
    const offset = map[i] ?? 0;
    const length = map[i + 1] ?? 0;
    if (offset < reached || offset + length > file.sizeBytes) throw invalidHeader();
    if (length > 0) extents.push({ offset, length, position });
    reached = offset + length;
    position += length;
  }
  if (position - file.position !== file.storedBytes) throw invalidHeader();
  return extents;
}

/** Where an old GNU header has its part of the map, the continuation mark and the real size. */
export const gnuHeader = { mapAt: 386, mapCount: 4, extendedAt: 482, sizeAt: 483 } as const;
/** The same for a continuation block. */
export const gnuContinuation = { mapCount: 21, extendedAt: 504, length: blockBytes } as const;
