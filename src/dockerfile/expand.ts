import { EngineError } from '#base';
import { replaceMatches, withoutPrefix, withoutSuffix } from './shell-pattern.ts';

/** The value of a variable; undefined when it is not set. */
export type Lookup = (name: string) => string | undefined;

export interface ExpandOptions {
  readonly escapeToken: string;
  /** Quotes are plain characters: inside of here-documents. */
  readonly keepQuotes?: boolean;
  /** Variables that are not set stay as they are written. */
  readonly keepUnset?: boolean;
}

/** Replaces variables and takes quotes and escapes away. @throws EngineError invalid */
export function expandWord(text: string, lookup: Lookup, options: ExpandOptions): string {
  return wrapped(text, () => new Expansion(text, lookup, options).run().text);
}

/** The same, split at blanks that are not quoted; also those that variables bring. @throws EngineError invalid */
export function expandWords(text: string, lookup: Lookup, options: ExpandOptions): string[] {
  return wrapped(text, () => new Expansion(text, lookup, options).run().words);
}

function wrapped<T>(text: string, expand: () => T): T {
  try {
    return expand();
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    throw new EngineError('invalid', `failed to process ${JSON.stringify(text)}: ${error.message}`);
  }
}

/** Collects the result as one text and as words. */
class Output {
  text = '';
  readonly #words: string[] = [];
  #word: string | undefined;

  /** @param plain blanks in it part words */
  add(text: string, plain: boolean): void {
    this.text += text;
    if (!plain) {
      this.#word = (this.#word ?? '') + text;
      return;
    }
    for (const character of text) {
      if (/\s/.test(character)) this.#end();
      else this.#word = (this.#word ?? '') + character;
    }
  }

  words(): string[] {
    this.#end();
    return this.#words;
  }

  #end(): void {
    if (this.#word !== undefined) this.#words.push(this.#word);
    this.#word = undefined;
  }
}

const namePattern = /(?:[A-Za-z_]\w*|\d+|[@*#])/y;

class Expansion {
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #options: ExpandOptions;
  #at = 0;

  constructor(text: string, lookup: Lookup, options: ExpandOptions) {
    this.#text = text;
    this.#lookup = lookup;
    this.#options = options;
  }

  run(): { text: string; words: string[] } {
    const output = this.#until(undefined, false);
    return { text: output.text, words: output.words() };
  }

  /** Reads to the end, or over the character that stops. @param raw escapes stay, for a pattern to read */
  #until(stop: string | undefined, raw: boolean): Output {
    const output = new Output();
    while (this.#at < this.#text.length) {
      const character = this.#next();
      if (character === stop) return output;
      this.#step(character, output, raw);
    }
    if (stop === undefined) return output;
    throw invalid(stop === '}' ? "syntax error: missing '}'" : `syntax error: missing '${stop}' in \${`);
  }

  #step(character: string, output: Output, raw: boolean): void {
    const quotes = this.#options.keepQuotes !== true;
    if (character === '$') output.add(this.#variable(), true);
    else if (quotes && character === "'") output.add(this.#singleQuoted(), false);
    else if (quotes && character === '"') output.add(this.#doubleQuoted(), false);
    else if (character === this.#options.escapeToken)
      output.add((raw ? character : '') + this.#next(), false);
    else output.add(character, true);
  }

  #next(): string {
    return this.#text[this.#at++] ?? '';
  }

  #singleQuoted(): string {
    const end = this.#text.indexOf("'", this.#at);
    if (end < 0) {
      throw invalid('unexpected end of statement while looking for matching single-quote');
    }
    const quoted = this.#text.slice(this.#at, end);
    this.#at = end + 1;
    return quoted;
  }

  #doubleQuoted(): string {
    const { escapeToken } = this.#options;
    let quoted = '';
    while (this.#at < this.#text.length) {
      const character = this.#next();
      if (character === '"') return quoted;
      if (character === '$') quoted += this.#variable();
      else if (character === escapeToken && this.#isEscapable(this.#text[this.#at])) quoted += this.#next();
      else quoted += character;
    }
    throw invalid('unexpected end of statement while looking for matching double-quote');
  }

  #isEscapable(character: string | undefined): boolean {
    return character === '"' || character === '$' || character === this.#options.escapeToken;
  }

  /** What follows a `$`. */
  #variable(): string {
    const start = this.#at - 1;
    if (this.#text[this.#at] !== '{') {
      const name = this.#name();
      if (name === '') return '$';
      return this.#lookup(name) ?? this.#unset(start);
    }
    this.#at++;
    const name = this.#name();
    if (this.#at >= this.#text.length) throw invalid("syntax error: missing '}'");
    if (name === '') throw invalid('syntax error: bad substitution');
    return this.#modified(name, start);
  }

  #name(): string {
    namePattern.lastIndex = this.#at;
    const name = namePattern.exec(this.#text)?.[0] ?? '';
    this.#at += name.length;
    return name;
  }

  #unset(start: number): string {
    return this.#options.keepUnset === true ? this.#text.slice(start, this.#at) : '';
  }

  /** The rest of `${name…}`. */
  #modified(name: string, start: number): string {
    const value = this.#lookup(name);
    const operator = this.#next();
    switch (operator) {
      case '}':
        return value ?? this.#unset(start);
      case ':':
        return this.#chosen(name, value === '' ? undefined : value, `:${this.#next()}`);
      case '-':
      case '+':
      case '?':
        return this.#chosen(name, value, operator);
      case '#':
      case '%':
        return this.#trimmed(value ?? '', operator);
      case '/':
        return this.#replaced(value ?? '');
      default:
        throw invalid(`unsupported modifier (${operator}) in substitution`);
    }
  }

  #chosen(name: string, value: string | undefined, operator: string): string {
    if (!/^:?[-+?]$/.test(operator)) throw invalid(`unsupported modifier (${operator}) in substitution`);
    const word = this.#until('}', false).text;
    if (operator.endsWith('-')) return value ?? word;
    if (operator.endsWith('+')) return value === undefined ? '' : word;
    if (value !== undefined) return value;
    const reason = word || `is not allowed to be ${operator === '?' ? 'unset' : 'empty'}`;
    throw invalid(`${name}: ${reason}`);
  }

  #trimmed(value: string, operator: '#' | '%'): string {
    const greedy = this.#text[this.#at] === operator;
    if (greedy) this.#at++;
    const pattern = this.#until('}', true).text;
    const cut = operator === '#' ? withoutPrefix : withoutSuffix;
    return cut(value, pattern, greedy);
  }

  #replaced(value: string): string {
    const all = this.#text[this.#at] === '/';
    if (all) this.#at++;
    const pattern = this.#until('/', true).text;
    const replacement = this.#until('}', false).text;
    return replaceMatches(value, pattern, { replacement, all });
  }
}

function invalid(message: string): EngineError {
  return new EngineError('invalid', message);
}
