import { type Flag, type FlagTable, type FlagValues, type ParsedArguments, UsageError } from './types.ts';

export interface ParseRules {
  /** Flags end at the first operand (`run`, `exec`): what follows belongs to the container. */
  readonly flagsFirst?: boolean;
}

/**
 * Reads an argument list by a flag table: `--name value`, `--name=value`, `-abc value`, `--`.
 * @throws UsageError with the stock client's words
 */
export function parseArguments<F extends FlagTable>(
  table: F,
  argv: readonly string[],
  rules: ParseRules = {},
): ParsedArguments<F> {
  const state = new ArgumentReader(table, argv);
  const operands: string[] = [];
  for (let word = state.next(); word !== undefined; word = state.next()) {
    if (word === '--') return state.finish([...operands, ...state.rest()]);
    if (word.length > 1 && word.startsWith('-')) {
      if (word.startsWith('--')) state.readLong(word);
      else state.readShorts(word);
      continue;
    }
    operands.push(word);
    if (rules.flagsFirst) return state.finish([...operands, ...state.rest()]);
  }
  return state.finish(operands);
}

class ArgumentReader<F extends FlagTable> {
  readonly #table: F;
  readonly #argv: readonly string[];
  readonly #values: Record<string, unknown> = {};
  readonly #given = new Set<string>();
  readonly #notices: string[] = [];
  #position = 0;

  constructor(table: F, argv: readonly string[]) {
    this.#table = table;
    this.#argv = argv;
    for (const [name, flag] of Object.entries(table)) this.#values[name] = flag.initial;
  }

  next(): string | undefined {
    return this.#argv[this.#position++];
  }

  rest(): string[] {
    return this.#argv.slice(this.#position);
  }

  finish(operands: readonly string[]): ParsedArguments<F> {
    return { values: this.#values as FlagValues<F>, given: this.#given, operands, notices: this.#notices };
  }

  readLong(word: string): void {
    const [name, inline] = splitOnce(word.slice(2), '=');
    if (name === '' || name.startsWith('-')) throw new UsageError(`bad flag syntax: ${word}`);
    const flag = this.#table[name];
    if (flag === undefined) throw new UsageError(`unknown flag: --${name}`);
    const value = inline ?? flag.bareValue ?? this.next();
    if (value === undefined) throw new UsageError(`flag needs an argument: --${name}`);
    this.#set(name, value);
  }

  /** Switches may be joined; the first flag with a value takes the rest of the word. */
  readShorts(word: string): void {
    for (let rest = word.slice(1); rest !== ''; ) rest = this.#readShort(rest);
  }

  /** Reads one short flag at the start of `letters` and returns what is left of them. */
  #readShort(letters: string): string {
    const letter = letters.charAt(0);
    const rest = letters.slice(1);
    const name = this.#longNameOf(letter);
    if (name === undefined) throw new UsageError(`unknown shorthand flag: '${letter}' in -${letters}`);
    const { bareValue: bare, shortDeprecated } = this.#table[name] as Flag<unknown>;
    if (shortDeprecated !== undefined) {
      this.#notices.push(`Flag shorthand -${letter} has been deprecated, ${shortDeprecated}`);
    }
    if (bare !== undefined && !rest.startsWith('=')) {
      this.#set(name, bare);
      return rest;
    }
    const value = rest === '' ? this.next() : rest.replace(/^=/, '');
    if (value === undefined) throw new UsageError(`flag needs an argument: '${letter}' in -${letters}`);
    this.#set(name, value);
    return '';
  }

  #longNameOf(letter: string): string | undefined {
    return Object.keys(this.#table).find((name) => this.#table[name]?.short === letter);
  }

  #set(name: string, value: string): void {
    const flag = this.#table[name] as Flag<unknown>;
    try {
      this.#values[name] = flag.read(value, this.#values[name]);
    } catch (error) {
      const shown = flag.short === undefined ? `--${name}` : `-${flag.short}, --${name}`;
      const reason = error instanceof Error ? error.message : String(error);
      throw new UsageError(`invalid argument ${JSON.stringify(value)} for "${shown}" flag: ${reason}`);
    }
    this.#given.add(name);
    if (flag.deprecated !== undefined) {
      this.#notices.push(`Flag --${name} has been deprecated, ${flag.deprecated}`);
    }
  }
}

function splitOnce(word: string, separator: string): [string, string | undefined] {
  const at = word.indexOf(separator);
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}
