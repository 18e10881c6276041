import { formatPrintf } from './printf.ts';
import {
  isMap,
  isStruct,
  isTrue,
  type Method,
  nilMap,
  printValue,
  structName,
  type Value,
} from './values.ts';

export type FunctionTable = Readonly<Record<string, Method>>;

/** What every template can call: Go's own functions and Docker's additions. */
export const standardFunctions: FunctionTable = {
  and: (...args) => firstOrLast(args, (arg) => !isTrue(arg)),
  or: (...args) => firstOrLast(args, isTrue),
  not: (value) => !isTrue(value),
  eq: (first, ...others) => others.some((other) => compare(first, other) === 0),
  ne: (first, second) => compare(first, second) !== 0,
  lt: (first, second) => order(first, second) < 0,
  le: (first, second) => order(first, second) <= 0,
  gt: (first, second) => order(first, second) > 0,
  ge: (first, second) => order(first, second) >= 0,
  len: lengthOf,
  index: (collection, ...keys) => keys.reduce(element, collection),
  slice: sliceOf,
  print: (...args) => printArgs(args, false),
  println: (...args) => `${printArgs(args, true)}\n`,
  printf: (format, ...args) => formatPrintf(String(format), args),
  html: (...args) => escapeHtml(printArgs(args, false)),
  urlquery: (...args) => encodeURIComponent(printArgs(args, false)).replaceAll('%20', '+'),
  json: (value) => toJson(value),
  split: (value, separator) => String(value).split(String(separator)),
  join: (values, separator) => (Array.isArray(values) ? values : []).map(printValue).join(String(separator)),
  lower: (value) => String(value).toLowerCase(),
  upper: (value) => String(value).toUpperCase(),
  title: (value) =>
    String(value).replace(
      /(^|[^\p{L}\p{N}_'])(\p{L})/gu,
      (_, before: string, letter: string) => before + letter.toUpperCase(),
    ),
  pad: (value, before, after) =>
    value === '' ? '' : ' '.repeat(Number(before)) + String(value) + ' '.repeat(Number(after)),
  truncate: (value, length) => [...String(value)].slice(0, Number(length)).join(''),
};

function firstOrLast(args: readonly Value[], test: (value: Value) => boolean): Value {
  const found = args.findIndex(test);
  return args.at(found);
}

/**
 * JSON as Go writes it: a structure keeps its order, a map is sorted. A pointer type (the row of a
 * listing) is sorted too, and has its angle brackets and ampersands escaped, also within another.
 */
export function toJson(value: Value): string {
  const json = JSON.stringify(sortMaps(value) ?? null);
  return holdsPointer(value) ? json.replace(/[<>&]/g, escapeCharacter) : json;
}

function isPointer(value: Value): boolean {
  return isMap(value) && value[structName]?.startsWith('*') === true;
}

function holdsPointer(value: Value): boolean {
  if (Array.isArray(value)) return value.some(holdsPointer);
  return isMap(value) && (isPointer(value) || Object.values(value).some(holdsPointer));
}

function escapeCharacter(character: string): string {
  return `\\u00${character.charCodeAt(0).toString(16)}`;
}

function sortMaps(value: Value): unknown {
  if (Array.isArray(value)) return value.map(sortMaps);
  if (!isMap(value)) return value;
  if (value === nilMap) return null;
  const entries = Object.entries(value).filter(
    ([, entry]) => typeof entry !== 'function' || entry.length === 0,
  );
  const named = isStruct(value) && !isPointer(value) ? entries : entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    named.map(([name, entry]) => [name, sortMaps(typeof entry === 'function' ? entry() : entry)]),
  );
}

function lengthOf(value: Value): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (isMap(value)) return Object.keys(value).length;
  throw new Error(
    value === null || value === undefined ? 'len of nil pointer' : `len of type ${typeof value}`,
  );
}

function element(collection: Value, key: Value): Value {
  if (collection === null || collection === undefined) throw new Error('index of untyped nil');
  if (Array.isArray(collection)) {
    if (typeof key !== 'number') throw new Error(`cannot index slice/array with type ${typeof key}`);
    if (key < 0 || key >= collection.length) throw new Error(`index out of range: ${key}`);
    return collection[key];
  }
  if (typeof collection === 'string') return collection.charCodeAt(Number(key));
  if (!isMap(collection)) throw new Error(`can't index item of type ${typeof collection}`);
  const found = collection[String(key)];
  return found === undefined ? zeroLike(Object.values(collection)[0]) : found;
}

/** What Go's map yields for a missing key, judged by the values that are there. */
function zeroLike(sample: Value): Value {
  return sample === undefined || typeof sample === 'string' ? '' : null;
}

function sliceOf(value: Value, from: Value = 0, to?: Value): Value {
  if (typeof value !== 'string' && !Array.isArray(value)) throw new Error("can't slice item");
  const end = to === undefined ? value.length : Number(to);
  if (end > value.length) throw new Error(`index out of range: ${end}`);
  return value.slice(Number(from), end);
}

/** 0 for equal values. @throws Error for values that cannot be compared */
function compare(first: Value, second: Value): number {
  const absent = (value: Value) => value === null || value === undefined;
  if (absent(first) || absent(second)) return absent(first) && absent(second) ? 0 : 1;
  if (typeof first !== typeof second) throw new Error('incompatible types for comparison');
  if (typeof first === 'object') throw new Error('non-comparable type');
  return first === second ? 0 : 1;
}

function order(first: Value, second: Value): number {
  if (typeof first !== typeof second) throw new Error('incompatible types for comparison');
  if (typeof first === 'number') return first - (second as number);
  if (typeof first === 'string') return first < (second as string) ? -1 : Number(first > (second as string));
  throw new Error('invalid type for comparison');
}

/** Operands of print are spaced when neither is a string; those of println always. */
function printArgs(args: readonly Value[], always: boolean): string {
  return args.reduce<string>((text, arg, position) => {
    const before = args[position - 1];
    const spaced = position > 0 && (always || (typeof before !== 'string' && typeof arg !== 'string'));
    return text + (spaced ? ' ' : '') + printValue(arg);
  }, '');
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => htmlEscapes[character] ?? character);
}
