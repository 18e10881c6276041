import { EngineError } from '#base';

/** `value` takes the next word or what follows `=`; `list` may be given several times. */
export type FlagKind = 'switch' | 'value' | 'list';
export type FlagTable = Readonly<Record<string, FlagKind>>;

interface FlagValues {
  switch: boolean;
  value: string | undefined;
  list: readonly string[];
}

export type Flags<Table extends FlagTable> = { readonly [Name in keyof Table]: FlagValues[Table[Name]] };

export interface Arguments<Table extends FlagTable> {
  readonly flags: Flags<Table>;
  readonly operands: readonly string[];
}

/**
 * Splits words into flags and operands; flags come first, as everything from the first operand on may belong to
 * the container's own command.
 * @param aliases one-letter forms
 * @throws EngineError invalid, for a flag that is not in the table or lacks its value
 */
export function parseArguments<const Table extends FlagTable>(
  words: readonly string[],
  table: Table,
  aliases: Readonly<Record<string, keyof Table & string>> = {},
): Arguments<Table> {
  const found = new Map<string, string[]>();
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at] ?? '';
    if (word === '--' || !word.startsWith('-') || word === '-') break;
    const [given = '', ...rest] = word.replace(/^--?/, '').split('=');
    const name = aliases[given] ?? given;
    const kind = table[name];
    if (kind === undefined) throw new EngineError('invalid', `flag provided but not defined: -${given}`);
    const attached = rest.length > 0 ? rest.join('=') : undefined;
    const value = kind === 'switch' ? (attached ?? 'true') : (attached ?? words[++at]);
    if (value === undefined) throw new EngineError('invalid', `flag needs an argument: -${given}`);
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  const operands = words.slice(words[at] === '--' ? at + 1 : at);
  const flags = Object.entries(table).map(([name, kind]) => [name, readFlag(kind, found.get(name) ?? [])]);
  return { flags: Object.fromEntries(flags) as Flags<Table>, operands };
}

function readFlag(kind: FlagKind, given: readonly string[]): FlagValues[FlagKind] {
  if (kind === 'list') return given;
  const last = given.at(-1);
  return kind === 'switch' ? last === 'true' : last;
}

/** The one operand that names a container. @throws EngineError invalid */
export function containerOperand(operands: readonly string[]): string {
  const [id] = operands;
  if (id === undefined) throw new EngineError('invalid', 'a container id is needed');
  if (!/^[A-Za-z0-9][\w.+-]*$/.test(id)) throw new EngineError('invalid', 'invalid container ID format');
  return id;
}

/** A whole number. @throws EngineError invalid */
export function parseWhole(text: string, what: string): number {
  const value = Number(text);
  if (text === '' || !Number.isSafeInteger(value))
    throw new EngineError('invalid', `invalid ${what}: "${text}"`);
  return value;
}
