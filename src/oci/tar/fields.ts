import { EngineError } from '#base';

/** Length of a header and the unit that everything in an archive is padded to. */
export const blockBytes = 512;

export function invalidHeader(): EngineError {
  return new EngineError('invalid', 'archive/tar: invalid tar header');
}

/** Length of `bytes` with the padding to a full block. */
export function paddedLength(bytes: number): number {
  return Math.ceil(bytes / blockBytes) * blockBytes;
}

/** A NUL-terminated byte string. */
export function readText(block: Uint8Array, at: number, limit: number): string {
  const end = block.indexOf(0, at);
  return byteString(block, at, end < 0 || end > at + limit ? at + limit : end);
}

export function byteString(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
}

/** Reads a numeric field: octal text, or base 256 when the top bit is set (negative when the next one is too). */
export function readNumber(block: Uint8Array, at: number, length: number): number {
  const first = block[at] ?? 0;
  return first & 0x80 ? readBase256(block, at, length) : readOctal(block, at, at + length);
}

function readBase256(block: Uint8Array, at: number, length: number): number {
  const first = block[at] ?? 0;
  let value = first & 0x40 ? (first & 0x7f) - 0x80 : first & 0x7f;
  for (let i = at + 1; i < at + length; i++) value = value * 256 + (block[i] ?? 0);
  if (!Number.isSafeInteger(value)) throw invalidHeader();
  return value;
}

const space = 0x20;
const zero = 0x30;
const seven = 0x37;

function readOctal(block: Uint8Array, at: number, end: number): number {
  let i = at;
  while (i < end && block[i] === space) i++;
  let value = 0;
  for (; i < end; i++) {
    const digit = block[i] ?? 0;
    if (digit === 0 || digit === space) return value;
    if (digit < zero || digit > seven) throw invalidHeader();
    value = value * 8 + digit - zero;
  }
  return value;
}
