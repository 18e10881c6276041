import { parseTruth } from '#base';
import { parseDuration } from '../format/duration.ts';
import { parseSize } from '../format/size.ts';
import type { Flag } from './types.ts';

/** What may be said of a flag beside its kind and summary. */
export interface FlagOptions {
  readonly short?: string;
  readonly valueName?: string;
  readonly hidden?: boolean;
  readonly isOwn?: boolean;
  readonly deprecated?: string;
  readonly onlyOn?: string;
  readonly variable?: string;
}

/** A switch. */
export function bool(summary: string, short?: string, initial = false): Flag<boolean> {
  return {
    summary,
    ...(short === undefined ? {} : { short }),
    valueName: '',
    initial,
    defaultText: initial ? 'true' : undefined,
    bareValue: 'true',
    read: parseTruth,
  };
}

/** One text; the last one given counts. */
export function text(summary: string, options: FlagOptions & { initial?: string } = {}): Flag<string> {
  const { initial = '', ...rest } = options;
  return {
    valueName: 'string',
    ...rest,
    summary,
    initial,
    defaultText: initial === '' ? undefined : JSON.stringify(initial),
    read: (value) => value,
  };
}

export type ListOptions = FlagOptions & { defaultText?: string };

/** Every value given, in order, each read by `read`. */
export function each<T>(
  summary: string,
  read: (value: string) => T,
  options: ListOptions = {},
): Flag<readonly T[]> {
  const { defaultText, ...rest } = options;
  return {
    valueName: 'list',
    ...rest,
    summary,
    initial: [],
    defaultText,
    read: (value, previous) => [...previous, read(value)],
  };
}

/** Every text given, in order. `check` may reject or rewrite each. */
export function list(
  summary: string,
  options: ListOptions & { check?: (value: string) => string } = {},
): Flag<readonly string[]> {
  const { check = (value) => value, ...rest } = options;
  return each(summary, check, rest);
}

/** Every text given; one text may hold several, with commas between. */
export function strings(summary: string, options: FlagOptions = {}): Flag<readonly string[]> {
  return {
    ...list(summary, { valueName: 'strings', ...options }),
    read: (value, previous) => [...previous, ...value.split(',').filter((part) => part !== '')],
  };
}

/** `name=value` pairs. */
export function pairs(summary: string, options: FlagOptions = {}): Flag<Readonly<Record<string, string>>> {
  return {
    valueName: 'map',
    ...options,
    summary,
    initial: {},
    defaultText: 'map[]',
    read(value, previous) {
      const equals = value.indexOf('=');
      const [name, content] = equals < 0 ? [value, ''] : [value.slice(0, equals), value.slice(equals + 1)];
      return { ...previous, [name]: content };
    },
  };
}

/** A whole number. */
export function int(
  summary: string,
  options: FlagOptions & {
    initial?: number;
    unsigned?: boolean;
    greatest?: number;
    defaultText?: string;
  } = {},
): Flag<number> {
  const {
    initial = 0,
    unsigned = false,
    greatest = Number.POSITIVE_INFINITY,
    defaultText,
    ...rest
  } = options;
  return {
    valueName: 'int',
    ...rest,
    summary,
    initial,
    defaultText: defaultText ?? (initial === 0 ? undefined : String(initial)),
    read: (value) => readInteger(value, unsigned, greatest),
  };
}

/** A count of bytes with an optional unit (`512m`). */
export function bytes(summary: string, options: FlagOptions & { unlimited?: boolean } = {}): Flag<number> {
  const { unlimited = false, ...rest } = options;
  return {
    valueName: 'bytes',
    ...rest,
    summary,
    initial: 0,
    defaultText: undefined,
    read: (value) => (unlimited && value === '-1' ? -1 : parseSize(value)),
  };
}

/** A length of time (`1m30s`), in nanoseconds. */
export function duration(summary: string): Flag<number> {
  return {
    valueName: 'duration',
    summary,
    initial: 0,
    defaultText: '0s',
    read: (value) => parseDuration(value),
  };
}

function readInteger(value: string, unsigned: boolean, greatest: number): number {
  const pattern = unsigned ? /^\+?\d+$/ : /^[+-]?\d+$/;
  const complaint = !pattern.test(value)
    ? 'invalid syntax'
    : Number(value) > greatest
      ? 'value out of range'
      : '';
  if (complaint === '') return Number(value);
  const parser = unsigned ? 'ParseUint' : 'ParseInt';
  throw new Error(`strconv.${parser}: parsing ${JSON.stringify(value)}: ${complaint}`);
}
