import { EngineError } from '#base';

/** Variables that `$NAME` stands for. */
export type Variables = ReadonlyMap<string, string>;

/** Parts a line at blanks that are not quoted; quotes and backslashes stay in the words. */
export function splitWords(line: string): string[] {
  return line.match(/(?:\\.|"(?:\\.|[^"\\])*"?|'[^']*'?|[^\s"'\\]|\\$)+/gs) ?? [];
}

/** Parts a raw word at its first `=` that is not quoted; undefined when it has none. */
export function splitPair(word: string): readonly [name: string, value: string] | undefined {
  const name = /^(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^="'\\])*/s.exec(word)?.[0] ?? '';
  return word[name.length] === '=' ? [name, word.slice(name.length + 1)] : undefined;
}

const tokenPattern =
  /'(?<literal>[^']*)'|"(?<quoted>(?:\\.|[^"\\])*)"|\\(?<escaped>.)|\$\{(?<braced>[^}]*)\}|\$(?<plain>[A-Za-z_]\w*)|(?<text>[^'"\\$]+|.)/gs;

/** A raw word without its quotes and with its variables filled in; single quotes keep all as it is. */
export function expandWord(word: string, variables: Variables): string {
  let expanded = '';
  for (const { groups = {} } of word.matchAll(tokenPattern)) {
    const { literal, quoted, escaped, braced, plain, text } = groups;
    if (quoted !== undefined) expanded += expandQuoted(quoted, variables);
    else if (braced !== undefined) expanded += expandBraced(braced, variables);
    else if (plain !== undefined) expanded += variables.get(plain) ?? '';
    else expanded += literal ?? escaped ?? text ?? '';
  }
  return expanded;
}

/** Between double quotes a backslash is only special before what it can quote. */
function expandQuoted(text: string, variables: Variables): string {
  const pattern = /\\(["\\$])|\$\{([^}]*)\}|\$([A-Za-z_]\w*)/gs;
  return text.replace(pattern, (_, escaped?: string, braced?: string, plain?: string) => {
    if (escaped !== undefined) return escaped;
    return braced === undefined ? (variables.get(plain ?? '') ?? '') : expandBraced(braced, variables);
  });
}

/** `NAME`, `NAME:-default` and `NAME:+alternative`. */
function expandBraced(text: string, variables: Variables): string {
  const match = /^([A-Za-z_]\w*)(?::?([-+])(.*))?$/s.exec(text);
  if (match === null) throw new EngineError('invalid', `unsupported modifier in substitution: \${${text}}`);
  const [, name = '', operator, word = ''] = match;
  const value = variables.get(name) ?? '';
  if (operator === '-') return value === '' ? expandWord(word, variables) : value;
  if (operator === '+') return value === '' ? '' : expandWord(word, variables);
  return value;
}
