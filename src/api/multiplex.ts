/** One frame of a multiplexed stream: 1 is standard output, 2 standard error, 3 an error of the daemon. */
export interface Frame {
  readonly stream: number;
  readonly payload: Uint8Array;
}

const headerBytes = 8;

/** Splits a multiplexed stream; payloads are passed on as they arrive, so a long frame comes in parts. */
export async function* demultiplex(source: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, void> {
  let rest: Buffer = Buffer.alloc(0);
  let stream = 0;
  let left = 0;
  for await (const bytes of source) {
    let chunk: Buffer =
      rest.length === 0
        ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
        : Buffer.concat([rest, bytes]);
    while (chunk.length > 0) {
      if (left === 0) {
        if (chunk.length < headerBytes) break;
        stream = chunk[0] ?? 0;
        left = chunk.readUInt32BE(4);
        chunk = chunk.subarray(headerBytes);
        continue;
      }
      const payload = chunk.subarray(0, left);
      left -= payload.length;
      chunk = chunk.subarray(payload.length);
      yield { stream, payload };
    }
    rest = chunk;
  }
}
