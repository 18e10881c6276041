/** A value without its beginning that matches a shell pattern: the longest when greedy, else the shortest. */
export function withoutPrefix(value: string, pattern: string, greedy: boolean): string {
  const tokens = tokensOf(pattern);
  for (const length of lengths(value, greedy)) {
    if (matches(tokens, value.slice(0, length))) return value.slice(length);
  }
  return value;
}

/** The same for its end. */
export function withoutSuffix(value: string, pattern: string, greedy: boolean): string {
  const tokens = tokensOf(pattern);
  for (const length of lengths(value, greedy)) {
    const start = value.length - length;
    if (matches(tokens, value.slice(start))) return value.slice(0, start);
  }
  return value;
}

/** Replaces what matches a shell pattern, the longest at each place: the first match, or all. */
export function replaceMatches(
  value: string,
  pattern: string,
  { replacement, all }: { readonly replacement: string; readonly all: boolean },
): string {
  const tokens = tokensOf(pattern);
  let result = '';
  for (let at = 0; at < value.length; ) {
    const rest = value.slice(at);
    const length = lengths(rest, true).find((size) => size > 0 && matches(tokens, rest.slice(0, size))) ?? 0;
    result += length > 0 ? replacement : rest[0];
    at += length || 1;
    if (length > 0 && !all) return result + value.slice(at);
  }
  return result;
}

/** Any text, any one character, or the character itself. */
type Token = { readonly any: true } | { readonly one: string | undefined };

/** `*` is any text, `?` any character, a backslash takes the next as it is. */
function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at];
    if (character === '*') tokens.push({ any: true });
    else if (character === '?') tokens.push({ one: undefined });
    else tokens.push({ one: character === '\\' ? (pattern[++at] ?? '\\') : character });
  }
  return tokens;
}

/** Whether all of a text matches. Never more steps than both lengths multiplied: the pattern is a stranger's. */
function matches(tokens: readonly Token[], text: string): boolean {
  let token = 0;
  let star: { readonly token: number; readonly at: number } | undefined;
  for (let at = 0; at < text.length; ) {
    const current = tokens[token];
    if (current !== undefined && 'any' in current) {
      star = { token: ++token, at };
    } else if (current !== undefined && (current.one ?? text[at]) === text[at]) {
      token++;
      at++;
    } else if (star !== undefined) {
      token = star.token;
      at = star.at + 1;
      star = { token, at };
    } else return false;
  }
  return tokens.slice(token).every((rest) => 'any' in rest);
}

function lengths(text: string, longestFirst: boolean): number[] {
  const all = Array.from({ length: text.length + 1 }, (_, length) => length);
  return longestFirst ? all.reverse() : all;
}
