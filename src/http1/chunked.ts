import type { Wire } from './types.ts';

/** Sends a streamed body in chunks, with its end. */
export async function writeChunked(wire: Wire, body: AsyncIterable<Uint8Array>): Promise<void> {
  for await (const part of body) {
    if (part.length === 0) continue;
    await wire.write(
      Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]),
    );
  }
  await wire.write('0\r\n\r\n');
}
