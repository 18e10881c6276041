/** A value that MessagePack can tell; bytes are told as a text, which need not be valid. */
export type Packable =
  | string
  | number
  | Buffer
  | EventTime
  | readonly Packable[]
  | { readonly [name: string]: Packable };

/** Fluentd's time with nanoseconds. */
export class EventTime {
  readonly timeNs: bigint;

  constructor(timeNs: bigint) {
    this.timeNs = timeNs;
  }
}

/** Encodes a value; numbers are whole and not negative. */
export function pack(value: Packable): Buffer {
  if (typeof value === 'number') return packInteger(value);
  if (typeof value === 'string') return packText(Buffer.from(value));
  if (Buffer.isBuffer(value)) return packText(value);
  if (value instanceof EventTime) return packTime(value);
  if (Array.isArray(value)) return Buffer.concat([packHead(value.length, 0x90, 0xdc), ...value.map(pack)]);
  const entries = Object.entries(value);
  return Buffer.concat([packHead(entries.length, 0x80, 0xde), ...entries.flat().map(pack)]);
}

function packInteger(value: number): Buffer {
  if (value < 0x80) return Buffer.of(value);
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xcf;
  bytes.writeBigUInt64BE(BigInt(value), 1);
  return bytes;
}

function packText(text: Buffer): Buffer {
  return Buffer.concat([textHead(text.length), text]);
}

function textHead(length: number): Buffer {
  if (length < 32) return Buffer.of(0xa0 | length);
  if (length < 0x100) return Buffer.of(0xd9, length);
  return length < 0x10000 ? Buffer.of(0xda, length >> 8, length & 0xff) : longHead(0xdb, length);
}

/** Of lists and maps: short, 16 bits, 32 bits. */
function packHead(length: number, short: number, long: number): Buffer {
  if (length < 16) return Buffer.of(short | length);
  return length < 0x10000 ? Buffer.of(long, length >> 8, length & 0xff) : longHead(long + 1, length);
}

function longHead(type: number, length: number): Buffer {
  const head = Buffer.alloc(5);
  head[0] = type;
  head.writeUInt32BE(length, 1);
  return head;
}

function packTime({ timeNs }: EventTime): Buffer {
  const bytes = Buffer.of(0xd7, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  bytes.writeUInt32BE(Number(timeNs / 1_000_000_000n), 2);
  bytes.writeUInt32BE(Number(timeNs % 1_000_000_000n), 6);
  return bytes;
}
