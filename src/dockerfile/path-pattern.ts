import { EngineError } from '#base';

/** Tells which paths a pattern means. */
export interface PathPattern {
  test(path: string): boolean;
}

/** One place of a pattern: what it takes, and where that leads. */
interface Place {
  takes(character: string): boolean;
  /** Further characters may follow at the same place. */
  readonly repeats: boolean;
  /** How many places on one may go without taking anything. */
  readonly skips: readonly number[];
}

/**
 * A pattern of paths: `*` and `?` stop at `/`, `**` does not, `[…]` is one of some characters, a backslash takes the
 * next character as it is. To match never takes more steps than both lengths multiplied: the pattern is a stranger's.
 * @throws EngineError invalid
 */
export function compilePattern(pattern: string): PathPattern {
  if (!/[*?[\\]/.test(pattern)) return { test: (path) => path === pattern };
  const places = placesOf(pattern);
  return { test: (path) => matches(places, path) };
}

/** Keeps all places that the path so far may have led to. */
function matches(places: readonly Place[], path: string): boolean {
  let reached = new Set<number>();
  reach(places, 0, reached);
  for (const character of path) {
    const next = new Set<number>();
    for (const at of reached) {
      const place = places[at];
      if (place === undefined || !place.takes(character)) continue;
      if (place.repeats) reach(places, at, next);
      if (!place.repeats || character === '/') reach(places, at + 1, next);
    }
    if (next.size === 0) return false;
    reached = next;
  }
  return reached.has(places.length);
}

function reach(places: readonly Place[], at: number, reached: Set<number>): void {
  if (reached.has(at)) return;
  reached.add(at);
  for (const skip of places[at]?.skips ?? []) reach(places, at + skip, reached);
}

const tokenPattern = /\*\*\/?|\*|\?|\[\^?\]?(?:\\.|[^\]\\])*\]|\\(.)|./gsu;

function placesOf(pattern: string): Place[] {
  const tokens = [...pattern.matchAll(tokenPattern)];
  return tokens.flatMap(([token, escaped], index) => {
    if (escaped !== undefined) return [literal(escaped)];
    if (token.startsWith('**')) return index === tokens.length - 1 ? [anything] : directories;
    if (token === '*') return [anyName];
    if (token === '?') return [{ ...once, takes: isInName }];
    if (token.startsWith('[')) return [oneOf(token, pattern)];
    return [literal(token)];
  });
}

const once = { repeats: false, skips: [] } as const;
const isInName = (character: string): boolean => character !== '/';
const anyName: Place = { takes: isInName, repeats: true, skips: [1] };
const anything: Place = { takes: () => true, repeats: true, skips: [1] };

/** None, or any text that ends with a slash. */
const directories: readonly Place[] = [
  { takes: () => false, repeats: false, skips: [1, 2] },
  { takes: () => true, repeats: true, skips: [] },
];

function literal(wanted: string): Place {
  return { ...once, takes: (character) => character === wanted };
}

function oneOf(token: string, pattern: string): Place {
  try {
    const set = new RegExp(`^${token}$`, 's');
    return { ...once, takes: (character) => set.test(character) };
  } catch {
    throw new EngineError('invalid', `syntax error in pattern: ${pattern}`);
  }
}
