import { EngineError } from '#base';
import { withSuggestion } from './suggest.ts';

/** A flag as written: `--name=value`, or `--name` alone. */
export interface WrittenFlag {
  readonly name: string;
  readonly value: string | undefined;
}

/** Takes the leading `--…` words off a text; quotes and escapes in them are resolved. */
export function takeFlags(text: string, escapeToken: string): { flags: WrittenFlag[]; rest: string } {
  const flags: WrittenFlag[] = [];
  let rest = text.trimStart();
  while (rest.startsWith('--')) {
    const { word, length } = readWord(rest, escapeToken);
    rest = rest.slice(length).trimStart();
    if (word === '--') break;
    flags.push(parseFlag(word));
  }
  return { flags, rest };
}

function readWord(text: string, escapeToken: string): { word: string; length: number } {
  let word = '';
  let quote = '';
  let at = 0;
  for (; at < text.length; at++) {
    const character = text[at] ?? '';
    if (quote === '' && /\s/.test(character)) break;
    if (character === escapeToken) word += text[++at] ?? '';
    else if (quote === character) quote = '';
    else if (quote === '' && (character === '"' || character === "'")) quote = character;
    else word += character;
  }
  return { word, length: at };
}

function parseFlag(word: string): WrittenFlag {
  const at = word.indexOf('=');
  return at < 0
    ? { name: word.slice(2), value: undefined }
    : { name: word.slice(2, at), value: word.slice(at + 1) };
}

/** The flags of one instruction, each asked for by its name. */
export class Flags {
  readonly #values = new Map<string, (string | undefined)[]>();

  /**
   * @param many which may stand several times
   * @throws EngineError invalid, for a flag that the instruction has not, or that stands twice
   */
  constructor(written: readonly WrittenFlag[], known: readonly string[], many: readonly string[] = []) {
    for (const { name, value } of written) {
      if (!known.includes(name)) {
        throw new EngineError('invalid', withSuggestion(`unknown flag: --${name}`, name, known));
      }
      const values = this.#values.get(name) ?? [];
      if (values.length > 0 && !many.includes(name)) {
        throw new EngineError('invalid', `Duplicate flag specified: ${name}`);
      }
      this.#values.set(name, [...values, value]);
    }
  }

  /** @throws EngineError invalid, when the flag has no value */
  text(name: string): string | undefined {
    return this.texts(name)[0];
  }

  texts(name: string): string[] {
    return (this.#values.get(name) ?? []).map((value) => {
      if (value === undefined) throw new EngineError('invalid', `Missing a value on flag: ${name}`);
      return value;
    });
  }

  /** Undefined when the flag is absent; a flag without a value is true. */
  truth(name: string): boolean | undefined {
    const values = this.#values.get(name);
    if (values === undefined) return undefined;
    const [value] = values;
    const word = value?.toLowerCase() ?? 'true';
    if (word === 'true' || word === 'false') return word === 'true';
    throw new EngineError('invalid', `Expecting boolean value for flag ${name}, not: ${value}`);
  }
}
