import { randomBytes } from 'node:crypto';
import type { ShippedLine } from './types.ts';

const level = { stdout: 6, stderr: 3 } as const;

/** What all messages of a container have in common: the host, and fields that begin with an underscore. */
export interface GelfHeader {
  readonly host: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** One message of GELF 1.1, as JSON. */
export function encodeGelf({ stream, timeNs, text }: ShippedLine, { host, fields }: GelfHeader): Buffer {
  const timestamp = Number(timeNs / 1_000_000n) / 1000;
  const message = { version: '1.1', host, short_message: text.toString(), timestamp, level: level[stream] };
  return Buffer.from(JSON.stringify({ ...message, ...fields }));
}

const chunkBytes = 1420;
const headBytes = 12;
/** More the protocol does not allow. */
const mostChunks = 128;

/** The datagrams of a message: itself when it is short, else numbered chunks; none when it is too long for these. */
export function chunkGelf(message: Buffer): Buffer[] {
  if (message.length <= chunkBytes) return [message];
  const pieceBytes = chunkBytes - headBytes;
  const count = Math.ceil(message.length / pieceBytes);
  if (count > mostChunks) return [];
  const id = randomBytes(8);
  return Array.from({ length: count }, (_, index) =>
    Buffer.concat([
      Buffer.of(0x1e, 0x0f),
      id,
      Buffer.of(index, count),
      message.subarray(index * pieceBytes, (index + 1) * pieceBytes),
    ]),
  );
}
