import { EngineError } from '#base';

const blank = /\s/;

/** Splits at blanks that are neither quoted nor escaped; quotes and escapes stay in the words. */
export function splitWords(text: string, escapeToken: string): string[] {
  const words: string[] = [];
  let word = '';
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quote === '' && blank.test(character)) {
      if (word !== '') words.push(word);
      word = '';
      continue;
    }
    word += character;
    if (character === escapeToken && quote !== "'") word += text[++at] ?? '';
    else if (quote === character) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
  }
  if (word !== '') words.push(word);
  return words;
}

/** The words of a text, quoted or not, that only blanks part. */
export function splitBlanks(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}

/**
 * `NAME=VALUE …`, or the old `NAME VALUE` whose value is the rest of the line; unexpanded.
 * @throws EngineError invalid, in Docker's words
 */
export function splitPairs(
  instruction: string,
  text: string,
  escapeToken: string,
): { readonly pairs: readonly (readonly [string, string])[]; readonly spaced: boolean } {
  const words = splitWords(text, escapeToken);
  const [first] = words;
  if (first === undefined) throw new EngineError('invalid', `${instruction} requires at least one argument`);
  if (!first.includes('=')) {
    const [, name = '', value = ''] = /^(\S+)\s+(.*)$/s.exec(text) ?? [];
    if (value === '') throw new EngineError('invalid', `${instruction} must have two arguments`);
    return { pairs: [[name, value]], spaced: true };
  }
  return { pairs: words.map((word) => splitPair(instruction, word)), spaced: false };
}

function splitPair(instruction: string, word: string): [string, string] {
  const at = word.indexOf('=');
  if (at < 0) {
    const text = `Syntax error - can't find = in "${word}". Must be of the form: name=value`;
    throw new EngineError('invalid', text);
  }
  if (at === 0) throw new EngineError('invalid', `${instruction} names can not be blank`);
  return [word.slice(0, at), word.slice(at + 1)];
}

/**
 * A list of texts in JSON; undefined for what is no JSON list, which the shell is to run.
 * @throws EngineError invalid, for a list with something else in it
 */
export function tryParseList(text: string): string[] | undefined {
  if (!text.startsWith('[')) return undefined;
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(list) && list.every((item): item is string => typeof item === 'string')) return list;
  throw new EngineError('invalid', 'when using JSON array syntax, arrays must be comprised of strings only');
}
