import { EngineError } from '#base';

/** Checks one value of a JSON document; `at` is its place, for the error text. */
export type Shape<T> = (value: unknown, at: string) => T;

type Fields<T> = { readonly [Key in keyof T]-?: Shape<Exclude<T[Key], undefined>> };

/** An object; null fields count as absent (Go writes empty lists so) and unknown fields are dropped. */
export function object<T extends object>(fields: Fields<T>, ...required: (keyof T & string)[]): Shape<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(at, 'an object');
    const source = value as Readonly<Record<string, unknown>>;
    const result: Partial<T> = {};
    for (const name of names) {
      const field = source[name];
      const place = at === '' ? name : `${at}.${name}`;
      if (field !== undefined && field !== null) result[name] = fields[name](field, place);
      else if (required.includes(name)) fail(place, 'a value');
    }
    return result as T;
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, at) =>
    Array.isArray(value) ? value.map((entry, index) => item(entry, `${at}[${index}]`)) : fail(at, 'a list');
}

export function map<T>(item: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return (value, at) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(at, 'an object');
    return Object.fromEntries(
      Object.entries(value).map(([key, entry]) => [key, item(entry, `${at}.${key}`)]),
    );
  };
}

export function oneOf<const T extends string>(...words: readonly T[]): Shape<T> {
  return (value, at) => words.find((word) => word === value) ?? fail(at, `one of ${words.join(', ')}`);
}

export const text: Shape<string> = (value, at) => (typeof value === 'string' ? value : fail(at, 'a string'));

export const flag: Shape<boolean> = (value, at) =>
  typeof value === 'boolean' ? value : fail(at, 'true or false');

export const whole: Shape<number> = (value, at) =>
  typeof value === 'number' && Number.isInteger(value) ? value : fail(at, 'a whole number');

function fail(at: string, wanted: string): never {
  throw new EngineError('invalid', `invalid OCI configuration: ${at || 'it'} is not ${wanted}`);
}
