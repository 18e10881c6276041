export interface ClientFrame {
  readonly code: number;
  readonly payload: string | Uint8Array;
  /** Absent: the last frame of its message. */
  readonly more?: boolean;
  readonly masked?: boolean;
  readonly reserved?: boolean;
}

/** A frame as a client sends it, or should not. */
export function clientFrame({ code, payload, more, masked = true, reserved }: ClientFrame): Buffer {
  const bytes = Buffer.from(payload);
  const mask = Buffer.from([1, 2, 3, 4]);
  const { length } = bytes;
  const extended = length < 126 ? Buffer.alloc(0) : Buffer.alloc(length < 65_536 ? 2 : 8);
  if (extended.length === 2) extended.writeUInt16BE(length);
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length));
  const first = (more ? 0 : 0x80) | (reserved ? 0x40 : 0) | code;
  const short = { 0: length, 2: 126, 8: 127 }[extended.length] ?? 0;
  const body = masked ? bytes.map((byte, place) => byte ^ (mask[place & 3] ?? 0)) : bytes;
  return Buffer.concat([
    Buffer.from([first, (masked ? 0x80 : 0) | short]),
    extended,
    masked ? mask : Buffer.alloc(0),
    body,
  ]);
}
