import { parseTimestamp } from '#base';
import type { ShippedLine } from './types.ts';

const headerBytes = 8;
/** `2026-01-02T03:04:05.123456789Z`, which a space follows. */
const timeBytes = 30;
const standardError = 2;
const lineFeed = 0x0a;

/** Reads the entries that decodeLog() wrote in frames, with their times. */
export function decodeLines(frames: Uint8Array): ShippedLine[] {
  const bytes = Buffer.from(frames.buffer, frames.byteOffset, frames.length);
  const lines: ShippedLine[] = [];
  for (let at = 0; at < bytes.length; ) {
    const begin = at + headerBytes;
    const end = begin + bytes.readUInt32BE(at + 4);
    const text = bytes.subarray(begin + timeBytes + 1, end);
    lines.push({
      stream: bytes[at] === standardError ? 'stderr' : 'stdout',
      timeNs: parseTimestamp(bytes.toString('latin1', begin, begin + timeBytes)),
      text: text.at(-1) === lineFeed ? text.subarray(0, -1) : text,
    });
    at = end;
  }
  return lines;
}
