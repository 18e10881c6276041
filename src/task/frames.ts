/** The shim protocol's frame types (docs/shim-protocol.md); the header is Docker's own stream header. */
export const frameTypes = {
  start: 16,
  release: 17,
  attach: 18,
  exec: 19,
  resize: 20,
  kill: 21,
  closeStdin: 22,
  watch: 23,
  watchLog: 24,
  clearLog: 25,
  execs: 26,
  socket: 27,
  ports: 30,
  ok: 64,
  error: 65,
  started: 66,
  created: 67,
  failed: 68,
  exit: 69,
  execExit: 70,
  log: 71,
  state: 72,
  execList: 73,
} as const;

export type FrameType = (typeof frameTypes)[keyof typeof frameTypes];

export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

const HEADER_SIZE = 8;

/** A request or an answer as bytes. */
export function encodeFrame(type: FrameType, ...parts: readonly Uint8Array[]): Buffer {
  const header = Buffer.alloc(HEADER_SIZE);
  header[0] = type;
  header.writeUInt32BE(
    parts.reduce((sum, part) => sum + part.length, 0),
    4,
  );
  return Buffer.concat([header, ...parts]);
}

/** Takes the first whole frame off `bytes`; undefined when more bytes are needed. */
export function takeFrame(bytes: Buffer): { frame: Frame; rest: Buffer } | undefined {
  if (bytes.length < HEADER_SIZE) return undefined;
  const end = HEADER_SIZE + bytes.readUInt32BE(4);
  if (bytes.length < end) return undefined;
  return {
    frame: { type: bytes.readUInt8(0), payload: bytes.subarray(HEADER_SIZE, end) },
    rest: bytes.subarray(end),
  };
}

export function u32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value, index * 4);
  return bytes;
}

export function u64(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** Size, bytes, at least one NUL, padding to four: as in the launch plan. */
export function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  const padded = Buffer.alloc(4 + ((bytes.length + 4) & ~3));
  padded.writeUInt32LE(bytes.length, 0);
  bytes.copy(padded, 4);
  return padded;
}

/** Reads what text() wrote off the front. */
export function takeText(bytes: Buffer): { value: string; rest: Buffer } {
  const end = 4 + bytes.readUInt32LE(0);
  return { value: bytes.toString('utf8', 4, end), rest: bytes.subarray((end + 4) & ~3) };
}
