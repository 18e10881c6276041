/** A value in a template: JSON, or a function that yields one (a method). */
export type Value = string | number | boolean | null | undefined | readonly Value[] | ValueMap | Method;
export type Method = (...args: Value[]) => Value;
export interface ValueMap {
  readonly [name: string]: Value;
  /** Set for what Go would hold as a structure: the type's name, for messages. */
  readonly [structName]?: string;
}

/** Marks an object as a structure: a missing field is an error, and it prints without field names. */
export const structName: unique symbol = Symbol('structName');

/** A map that is not there: empty to look at, null as JSON. */
export const nilMap: ValueMap = Object.freeze({});

export function isMap(value: Value): value is ValueMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isStruct(value: Value): boolean {
  return isMap(value) && value[structName] !== undefined;
}

/** Go's notion of an empty value is false; a structure is always true. */
export function isTrue(value: Value): boolean {
  if (isStruct(value)) return true;
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** The entries of a map in the order in which Go visits them. */
export function sortedEntries(map: ValueMap): [string, Value][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

/** A value as `fmt.Print` shows it. */
export function printValue(value: Value): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return printNumber(value);
  if (Array.isArray(value)) return `[${value.map(printValue).join(' ')}]`;
  if (isMap(value)) {
    if (isStruct(value)) return `{${Object.values(value).map(printValue).join(' ')}}`;
    return `map[${sortedEntries(value)
      .map(([name, entry]) => `${name}:${printValue(entry)}`)
      .join(' ')}]`;
  }
  return String(value);
}

/** A number as Go's %v: whole numbers in full, others in their shortest form, exponents of two digits. */
export function printNumber(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return BigInt(value).toString();
  const magnitude = Math.abs(value);
  if (magnitude >= 1e-4 && magnitude < 1e21) return String(value);
  const [mantissa = '', exponent = ''] = value.toExponential().split('e');
  return `${mantissa}e${exponent.charAt(0)}${exponent.slice(1).padStart(2, '0')}`;
}

/** The Go type that messages name. */
export function typeNameOf(value: Value): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int' : 'float64';
  if (Array.isArray(value)) return '[]interface {}';
  return (isMap(value) ? value[structName] : undefined) ?? 'map[string]interface {}';
}

/** Like Go's `%q`. */
export function quote(text: string): string {
  return JSON.stringify(text).replace(/\\u([0-9a-f]{4})/g, (_, hex: string) =>
    hex.startsWith('00') ? `\\x${hex.slice(2)}` : `\\u${hex}`,
  );
}
