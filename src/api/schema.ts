import { EngineError } from '#base';

/**
 * How one wire type is read from JSON, with the meaning that Docker's clients rely on: keys in any case,
 * unknown keys ignored, `null` and a missing key alike give the zero value, a wrong type is an error.
 */
export interface Decoder<T> {
  /** The name of the type in error messages, in Go's words. */
  readonly typeName: string;
  zero(): T;
  /** `value` is neither null nor undefined. */
  read(value: unknown, place: Place): T;
}

/** A field that is left out when it is missing or null. */
export interface OmittableDecoder<T> extends Decoder<T> {
  readonly whenMissing: 'omitted';
}

/** Where in a document a value stands: the innermost structure's name and the path to the field. */
export interface Place {
  readonly owner: string;
  readonly path: string;
}

export type DecodedBy<D> = D extends Decoder<infer T> ? T : never;

type AnyDecoder = Decoder<unknown>;
type OmittableKeys<F> = {
  [K in keyof F]: F[K] extends { readonly whenMissing: 'omitted' } ? K : never;
}[keyof F];
type Flat<T> = { [K in keyof T]: T[K] };
export type Fields = Readonly<Record<string, AnyDecoder>>;
export type DecodedFields<F> = Flat<
  { readonly [K in Exclude<keyof F, OmittableKeys<F>>]: DecodedBy<F[K]> } & {
    readonly [K in OmittableKeys<F>]?: DecodedBy<F[K]>;
  }
>;

/** Reads a parsed JSON document. @throws EngineError invalid, with a message like Go's */
export function decode<T>(decoder: Decoder<T>, document: unknown): T {
  if (isNothing(document)) return decoder.zero();
  return decoder.read(document, { owner: '', path: '' });
}

export const text: Decoder<string> = {
  typeName: 'string',
  zero: () => '',
  read: (value, place) => (typeof value === 'string' ? value : mismatch(value, 'string', place)),
};

export const flag: Decoder<boolean> = {
  typeName: 'bool',
  zero: () => false,
  read: (value, place) => (typeof value === 'boolean' ? value : mismatch(value, 'bool', place)),
};

const int64Limit = 2 ** 63;

export const integer: Decoder<number> = {
  typeName: 'int64',
  zero: () => 0,
  read(value, place) {
    if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= int64Limit) return value;
    return mismatch(value, 'int64', place);
  },
};

function unsigned(typeName: string, limit: number): Decoder<number> {
  return {
    typeName,
    zero: () => 0,
    read(value, place) {
      if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < limit) return value;
      if (typeof value !== 'number') return mismatch(value, typeName, place);
      return mismatch(value, typeName, place, `number ${value}`);
    },
  };
}

export const unsigned16 = unsigned('uint16', 2 ** 16);
export const unsigned64 = unsigned('uint64', 2 ** 64);
export const unsignedWord = unsigned('uint', 2 ** 64);

/** An object whose content does not matter, like the values of ExposedPorts. */
export const emptyObject: Decoder<Readonly<Record<string, never>>> = {
  typeName: 'struct {}',
  zero: () => ({}),
  read: (value, place) => (isObject(value) ? {} : mismatch(value, 'struct {}', place)),
};

/** A list, or null when it is missing: Docker tells the two apart. */
export function list<T>(element: Decoder<T>): Decoder<readonly T[] | null> {
  const typeName = `[]${element.typeName}`;
  return {
    typeName,
    zero: () => null,
    read(value, place) {
      if (!Array.isArray(value)) return mismatch(value, typeName, place);
      return value.map((entry) => (isNothing(entry) ? element.zero() : element.read(entry, place)));
    },
  };
}

/** Like `list(text)`, but one string stands for a list of one. */
export const words: Decoder<readonly string[] | null> = {
  typeName: '[]string',
  zero: () => null,
  read: (value, place) => (typeof value === 'string' ? [value] : list(text).read(value, place)),
};

/** An object with free keys, or null when it is missing. */
export function map<T>(element: Decoder<T>): Decoder<Readonly<Record<string, T>> | null> {
  const typeName = `map[string]${element.typeName}`;
  return {
    typeName,
    zero: () => null,
    read(value, place) {
      if (!isObject(value)) return mismatch(value, typeName, place);
      const read = ([key, entry]: [string, unknown]): [string, T] => [
        key,
        isNothing(entry) ? element.zero() : element.read(entry, place),
      ];
      return Object.fromEntries(Object.entries(value).map(read));
    },
  };
}

/** A value that may be null, and is when it is missing. */
export function nullable<T>(inner: Decoder<T>): Decoder<T | null> {
  return { typeName: inner.typeName, zero: () => null, read: inner.read };
}

/** A field that is left out when it is missing or null. */
export function omittable<T>(inner: Decoder<T>): OmittableDecoder<T> {
  return { ...inner, whenMissing: 'omitted' };
}

/** A structure with the given fields; `name` is what error messages call it. */
export function struct<F extends Fields>(name: string, fields: F): Decoder<DecodedFields<F>> {
  const wireNames = new Map(Object.keys(fields).map((key) => [key.toLowerCase(), key]));
  const build = (present: ReadonlyMap<string, unknown>, path: string): DecodedFields<F> => {
    const result: Record<string, unknown> = {};
    for (const [key, decoder] of Object.entries(fields)) {
      const value = present.get(key);
      if (!isNothing(value)) result[key] = decoder.read(value, { owner: name, path: join(path, key) });
      else if (!('whenMissing' in decoder)) result[key] = decoder.zero();
    }
    return result as DecodedFields<F>;
  };
  return {
    typeName: name,
    zero: () => build(new Map(), ''),
    read(value, place) {
      if (!isObject(value)) return mismatch(value, name, place);
      const present = new Map<string, unknown>();
      for (const [key, entry] of Object.entries(value)) {
        const wireName = wireNames.get(key.toLowerCase());
        if (wireName !== undefined) present.set(wireName, entry);
      }
      return build(present, place.path);
    },
  };
}

/** A structure that is null unless the document has one of `keys`, be it as null. */
export function naming<T>(keys: readonly string[], structure: Decoder<T>): Decoder<T | null> {
  const known = new Set(keys.map((key) => key.toLowerCase()));
  return {
    typeName: structure.typeName,
    zero: () => null,
    read(value, place) {
      const read = structure.read(value, place);
      return Object.keys(Object(value)).some((key) => known.has(key.toLowerCase())) ? read : null;
    },
  };
}

function mismatch(value: unknown, typeName: string, place: Place, told = jsonKind(value)): never {
  const where = place.owner === '' ? 'Go value' : `Go struct field ${place.owner}.${place.path}`;
  throw new EngineError('invalid', `json: cannot unmarshal ${told} into ${where} of type ${typeName}`);
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'number' : `number ${value}`;
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function isNothing(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
