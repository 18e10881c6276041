import { type Decoder, decode, schema, type Ulimit } from '#api';
import { EngineError, parseTruth } from '#base';
import type { SubnetPool } from '#engine/networks';
import type { OptionKind } from './option.ts';

export const text: OptionKind<string> = {
  decoder: schema.text,
  operand: 'string',
  add: (_before, word) => word,
  show: String,
};

export const flag: OptionKind<boolean> = {
  decoder: schema.flag,
  add: (_before, word) => parseTruth(word),
  show: String,
};

export const number: OptionKind<number> = {
  decoder: schema.integer,
  operand: 'int',
  add: (_before, word) => parseNumber(word),
  show: String,
};

export const list: OptionKind<readonly string[]> = {
  decoder: full(schema.list(schema.text), []),
  operand: 'list',
  add: (before = [], word) => [...before, word],
  show: (values) => `[${values.join(' ')}]`,
};

export const pairs: OptionKind<Readonly<Record<string, string>>> = {
  decoder: full(schema.map(schema.text), {}),
  operand: 'map',
  add: (before, word) => ({ ...before, ...parsePair(word, '') }),
  show: showMap,
};

/** `bridge=com.docker.network.driver.mtu=1400` on the command line. */
export const pairsByName: OptionKind<Readonly<Record<string, Readonly<Record<string, string>>>>> = {
  decoder: full(schema.map(full(schema.map(schema.text), {})), {}),
  operand: 'mapmap',
  add(before, word) {
    const [[name, pair] = ['', '']] = Object.entries(parsePair(word, ''));
    return { ...before, [name]: { ...before?.[name], ...parsePair(pair, '') } };
  },
  show: (values) =>
    showMap(Object.fromEntries(Object.entries(values).map(([name, map]) => [name, showMap(map)]))),
};

export const switches: OptionKind<Readonly<Record<string, boolean>>> = {
  decoder: full(schema.map(schema.flag), {}),
  operand: 'map',
  add(before, word) {
    const [[name, value] = ['', '']] = Object.entries(parsePair(word, 'true'));
    return { ...before, [name]: parseTruth(value) };
  },
  show: showMap,
};

const ulimit: Decoder<Ulimit> = schema.struct('Ulimit', {
  Name: schema.text,
  Hard: schema.integer,
  Soft: schema.integer,
});

/** By name; `nofile=1024:2048` on the command line. */
export const ulimits: OptionKind<Readonly<Record<string, Ulimit>>> = {
  decoder: full(schema.map(ulimit), {}),
  operand: 'ulimit',
  add(before, word) {
    const { Name, ...limits } = parseUlimit(word);
    return { ...before, [Name]: { Name, ...limits } };
  },
  show: (values) => `[${Object.values(values).map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`)}]`,
};

const pool = schema.struct('NetworkToSplit', { base: schema.text, size: schema.integer });

/** `base=10.0.0.0/8,size=24` on the command line. */
export const pools: OptionKind<readonly SubnetPool[]> = {
  decoder: full(schema.list(pool), []),
  operand: 'pool-options',
  add(before = [], word) {
    const fields = Object.assign({}, ...word.split(',').map((pair) => parsePair(pair, '')));
    return [...before, { base: fields.base ?? '', size: parseNumber(fields.size ?? '') }];
  },
  show: (values) => JSON.stringify(values),
};

const registry = schema.struct('Registry', { mirrors: schema.list(schema.text) });

/** By domain; only in the file. */
export const registries: OptionKind<Readonly<Record<string, schema.DecodedBy<typeof registry>>>> = {
  decoder: full(schema.map(registry), {}),
  operand: 'map',
  add: (_before, word) => decode(full(schema.map(registry), {}), JSON.parse(word)),
  show: (value) => JSON.stringify(value),
};

/** An object that nothing is read from. */
export const anything: OptionKind<unknown> = {
  decoder: { typeName: 'interface {}', zero: () => undefined, read: (value) => value },
  operand: 'string',
  add: (_before, word) => word,
  show: (value) => JSON.stringify(value),
};

/** A decoder whose missing value is an empty one. */
function full<T>(decoder: Decoder<T | null>, empty: T): Decoder<T> {
  const read: Decoder<T>['read'] = (value, place) => decoder.read(value, place) ?? empty;
  return { typeName: decoder.typeName, zero: () => empty, read };
}

function parseNumber(word: string): number {
  if (/^[+-]?\d{1,15}$/.test(word)) return Number(word);
  throw new EngineError('invalid', `strconv.ParseInt: parsing "${word}": invalid syntax`);
}

function parsePair(word: string, otherwise: string): Record<string, string> {
  const at = word.indexOf('=');
  return at < 0 ? { [word]: otherwise } : { [word.slice(0, at)]: word.slice(at + 1) };
}

function parseUlimit(word: string): Ulimit {
  const [, name = '', soft = '', hard = soft] = /^([^=]+)=(-?\d+)(?::(-?\d+))?$/.exec(word) ?? [];
  if (name === '') throw new EngineError('invalid', `invalid ulimit argument: ${word}`);
  return { Name: name, Soft: Number(soft), Hard: Number(hard) };
}

function showMap(values: Readonly<Record<string, unknown>>): string {
  return `map[${Object.entries(values)
    .map(([key, value]) => `${key}:${value}`)
    .join(' ')}]`;
}
