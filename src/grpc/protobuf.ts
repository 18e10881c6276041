import { bytesOf, Reader, readFields, varintOf, Writer } from './wire.ts';

/** A type of values on the wire (Protocol Buffers, encoding). */
export interface Kind<T> {
  /** How it is stored: 0 a varint, 2 bytes with their length. */
  readonly wire: 0 | 2;
  /** The value of a field that is absent. */
  readonly zero: () => T;
  /** Whether it is left out when written. */
  readonly isZero: (value: T) => boolean;
  readonly read: (raw: bigint | Uint8Array) => T;
  readonly write: (value: T) => bigint | Uint8Array;
}

/** A field of a message: its number and what it holds. */
export interface Field<T> {
  readonly number: number;
  /** Begins to read the field of one message. */
  readonly begin: () => Occurrences<T>;
  readonly write: (value: T, writer: Writer) => void;
}

/** What a field comes to, of as many occurrences as a message has. */
interface Occurrences<T> {
  take(raw: bigint | Uint8Array): void;
  value(): T;
}

// biome-ignore lint/suspicious/noExplicitAny: a field of any type; its own type is kept by inference
type AnyField = Field<any>;
export type Fields = Readonly<Record<string, AnyField>>;
export type ValueOf<F extends Fields> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** A message type; reading it never fails for fields that it does not know. */
export interface Message<T> extends Kind<T | undefined> {
  /** @throws EngineError invalid, for bytes that are no message */
  decode(bytes: Uint8Array): T;
  encode(value: Partial<T>): Uint8Array;
}
export type MessageOf<M> = M extends Message<infer T> ? T : never;

export const text: Kind<string> = {
  wire: 2,
  zero: () => '',
  isZero: (value) => value === '',
  read: (raw) => Buffer.from(bytesOf(raw)).toString(),
  write: (value) => Buffer.from(value),
};

export const bytes: Kind<Uint8Array> = {
  wire: 2,
  zero: () => new Uint8Array(0),
  isZero: (value) => value.length === 0,
  read: (raw) => bytesOf(raw),
  write: (value) => value,
};

export const flag: Kind<boolean> = {
  wire: 0,
  zero: () => false,
  isZero: (value) => !value,
  read: (raw) => varintOf(raw) !== 0n,
  write: (value) => (value ? 1n : 0n),
};

/** Any of int32, int64, uint32 and enumerations, as far as numbers are exact. */
export const integer: Kind<number> = {
  wire: 0,
  zero: () => 0,
  isZero: (value) => value === 0,
  read: (raw) => Number(BigInt.asIntN(64, varintOf(raw))),
  write: (value) => BigInt.asUintN(64, BigInt(value)),
};

/** int64 whose every digit counts. */
export const long: Kind<bigint> = {
  wire: 0,
  zero: () => 0n,
  isZero: (value) => value === 0n,
  read: (raw) => BigInt.asIntN(64, varintOf(raw)),
  write: (value) => BigInt.asUintN(64, value),
};

export function field<T>(number: number, kind: Kind<T>): Field<T> {
  return {
    number,
    begin: () => new Single(kind),
    write(value, writer) {
      if (!kind.isZero(value)) writer.put(number, kind.wire, kind.write(value));
    },
  };
}

export function repeated<T>(number: number, kind: Kind<T>): Field<readonly T[]> {
  return {
    number,
    begin: () => new Several((raw) => (kind.wire === 0 ? unpacked(kind, raw) : [kind.read(raw)])),
    write(values, writer) {
      for (const value of values) writer.put(number, kind.wire, kind.write(value));
    },
  };
}

/** A message that may be absent. */
export function optional<T>(number: number, message: Message<T>): Field<T | undefined> {
  return field(number, message);
}

export function repeatedMessage<T>(number: number, message: Message<T>): Field<readonly T[]> {
  return {
    number,
    begin: () => new Several((raw) => [message.decode(bytesOf(raw))]),
    write(values, writer) {
      for (const value of values) writer.put(number, 2, message.encode(value));
    },
  };
}

/** Values by name. */
export function map<T>(number: number, kind: Kind<T>): Field<Readonly<Record<string, T>>> {
  const entry = message({ key: field(1, text), value: field(2, kind) });
  return {
    number,
    begin() {
      const values = new Map<string, T>();
      return {
        take(raw) {
          const { key, value } = entry.decode(bytesOf(raw));
          values.set(key, value);
        },
        value: () => Object.fromEntries(values),
      };
    },
    write(values, writer) {
      for (const [key, value] of Object.entries(values)) writer.put(number, 2, entry.encode({ key, value }));
    },
  };
}

export function message<F extends Fields>(fields: F): Message<ValueOf<F>> {
  const decode = (source: Uint8Array): ValueOf<F> => {
    const found = Object.entries(fields).map(([name, each]) => ({
      name,
      number: each.number,
      of: each.begin(),
    }));
    const byNumber = new Map(found.map((each) => [each.number, each.of]));
    for (const { number, raw } of readFields(source)) byNumber.get(number)?.take(raw);
    return Object.fromEntries(found.map(({ name, of }) => [name, of.value()])) as ValueOf<F>;
  };
  const encode = (value: Partial<ValueOf<F>>): Uint8Array => {
    const writer = new Writer();
    for (const [name, each] of Object.entries(fields)) {
      const given = value[name];
      if (given !== undefined) each.write(given, writer);
    }
    return writer.done();
  };
  return {
    wire: 2,
    zero: () => undefined,
    isZero: (value) => value === undefined,
    read: (raw) => decode(bytesOf(raw)),
    write: (value) => encode(value ?? {}),
    decode,
    encode,
  };
}

/** The last occurrence counts. */
class Single<T> implements Occurrences<T> {
  readonly #kind: Kind<T>;
  #value: T;

  constructor(kind: Kind<T>) {
    this.#kind = kind;
    this.#value = kind.zero();
  }

  take(raw: bigint | Uint8Array): void {
    this.#value = this.#kind.read(raw);
  }

  value(): T {
    return this.#value;
  }
}

class Several<T> implements Occurrences<readonly T[]> {
  readonly #read: (raw: bigint | Uint8Array) => Iterable<T>;
  readonly #values: T[] = [];

  constructor(read: (raw: bigint | Uint8Array) => Iterable<T>) {
    this.#read = read;
  }

  take(raw: bigint | Uint8Array): void {
    for (const value of this.#read(raw)) this.#values.push(value);
  }

  value(): readonly T[] {
    return this.#values;
  }
}

function unpacked<T>(kind: Kind<T>, raw: bigint | Uint8Array): T[] {
  if (typeof raw === 'bigint') return [kind.read(raw)];
  const reader = new Reader(raw);
  const values: T[] = [];
  while (!reader.isAtEnd) values.push(kind.read(reader.varint()));
  return values;
}
