import { EngineError } from '#base';

/** Puts fields together to a message's bytes. */
export class Writer {
  readonly #parts: Uint8Array[] = [];

  put(number: number, wire: 0 | 2, value: bigint | Uint8Array): void {
    this.#parts.push(varint(BigInt((number << 3) | wire)));
    if (typeof value === 'bigint') {
      this.#parts.push(varint(value));
      return;
    }
    this.#parts.push(varint(BigInt(value.length)), value);
  }

  done(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}

function varint(value: bigint): Uint8Array {
  const out: number[] = [];
  let rest = value;
  for (; rest > 0x7fn; rest >>= 7n) out.push(Number(rest & 0x7fn) | 0x80);
  out.push(Number(rest));
  return Uint8Array.from(out);
}

/** Numbers of fields have 29 bits, and their wire type 3. */
const mostKey = 2 ** 32 - 1;

/** The fields of a message, in their order. @throws EngineError invalid */
export function* readFields(source: Uint8Array): Generator<{ number: number; raw: bigint | Uint8Array }> {
  const reader = new Reader(source);
  while (!reader.isAtEnd) {
    const key = Number(reader.varint());
    if (key > mostKey || key < 8) throw broken();
    yield { number: key >>> 3, raw: reader.value(key & 7) };
  }
}

/** Reads values, one after the other. @throws EngineError invalid, for bytes that are cut or no values */
export class Reader {
  readonly #source: Uint8Array;
  #at = 0;

  constructor(source: Uint8Array) {
    this.#source = source;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#source.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#source[this.#at++];
      if (byte === undefined) throw broken();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw broken();
  }

  value(wire: number): bigint | Uint8Array {
    if (wire === 0) return this.varint();
    if (wire === 1) return this.#take(8);
    if (wire === 2) return this.#take(Number(this.varint()));
    if (wire === 5) return this.#take(4);
    throw broken();
  }

  #take(length: number): Uint8Array {
    const taken = this.#source.subarray(this.#at, this.#at + length);
    if (taken.length < length) throw broken();
    this.#at += length;
    return taken;
  }
}

/** @throws EngineError invalid, for a number */
export function bytesOf(raw: bigint | Uint8Array): Uint8Array {
  if (typeof raw === 'bigint') throw broken();
  return raw;
}

/** @throws EngineError invalid, for bytes */
export function varintOf(raw: bigint | Uint8Array): bigint {
  if (typeof raw !== 'bigint') throw broken();
  return raw;
}

function broken(): EngineError {
  return new EngineError('invalid', 'a message is broken');
}
