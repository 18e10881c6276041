import { EngineError } from '#base';
import type { IdRange } from '#linux';

/** As whose the files of a bind are seen: with `user`, what its folder's owner has is the container's user's. */
export type IdMap = 'user' | { readonly uids: readonly IdRange[]; readonly gids: readonly IdRange[] };

const isIdMap = /^idmap(=|$)/;

/**
 * Reads the word of a `-v` mode: `idmap`, or `idmap=uids=0-1000-1#1000-0-1;gids=0-1000-1` with ranges of the id on
 * disk, the id that is seen, and how many follow each other; groups are as users where they are left out.
 * @returns undefined for another word
 * @throws EngineError invalid
 */
export function tryParseIdMap(word: string): IdMap | undefined {
  if (!isIdMap.test(word)) return undefined;
  const [, text = ''] = /^idmap=(.+)$/.exec(word) ?? [];
  if (word === 'idmap') return 'user';
  const [, uids = '', , gids] = /^uids=([^;]+)(;gids=([^;]+))?$/.exec(text) ?? [];
  return { uids: parseRanges(uids, word), gids: parseRanges(gids ?? uids, word) };
}

function parseRanges(text: string, word: string): IdRange[] {
  return text.split('#').map((range) => {
    const [, from, to, count] = /^(\d{1,10})-(\d{1,10})-(\d{1,10})$/.exec(range) ?? [];
    const parsed = { from: Number(from), to: Number(to), count: Number(count) };
    const isPossible = parsed.count > 0 && Math.max(parsed.from, parsed.to) + parsed.count <= allIds;
    if (!isPossible) throw new EngineError('invalid', `invalid mode: ${word}`);
    return parsed;
  });
}

/** The last number of 32 bits is no id. */
const allIds = 0xffff_ffff;

/** Two ids change places; all others stay. */
export function swapIds(a: number, b: number): IdRange[] {
  const [low, high] = a < b ? [a, b] : [b, a];
  if (low === high) return [{ from: 0, to: 0, count: allIds }];
  const ranges = [
    { from: 0, to: 0, count: low },
    { from: low, to: high, count: 1 },
    { from: low + 1, to: low + 1, count: high - low - 1 },
    { from: high, to: low, count: 1 },
    { from: high + 1, to: high + 1, count: allIds - high - 1 },
  ];
  return ranges.filter(({ count }) => count > 0);
}
