import type { Wire } from './types.ts';

/** Parts from this length on are not copied to stand between their marks. */
const largeBytes = 16 << 10;

/** Sends a streamed body in chunks, with its end. A part is its owner's again when the next one is asked for. */
export async function writeChunked(wire: Wire, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of body) {
    if (part.length === 0) continue;
    const head = `${part.length.toString(16)}\r\n`;
    if (part.length < largeBytes) {
      await wire.write(Buffer.concat([Buffer.from(head), part, Buffer.from('\r\n')]));
    } else {
      for (const piece of [head, part, '\r\n']) await wire.write(piece);
    }
  }
  await wire.write('0\r\n\r\n');
}
