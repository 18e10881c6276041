import { writeSync } from 'node:fs';
import type { Socket } from 'node:net';

const headerSize = 8;

/** Relays standard input up and the two streams that come down, told apart by Docker's frame headers. */
export async function relayStreams(socket: Socket): Promise<void> {
  process.stdin.pipe(socket);
  let unread = Buffer.alloc(0);
  for await (const chunk of socket) unread = writeFrames(Buffer.concat([unread, chunk as Buffer]));
  process.stdin.unpipe(socket).pause();
}

/** Writes every whole frame and returns what is left. */
function writeFrames(bytes: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  let rest = bytes;
  while (rest.length >= headerSize) {
    const end = headerSize + rest.readUInt32BE(4);
    if (rest.length < end) break;
    writeAll(rest[0] === 2 ? 2 : 1, rest.subarray(headerSize, end));
    rest = rest.subarray(end);
  }
  return rest;
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}
