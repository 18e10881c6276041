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

/** The JSON values of a stream that carries one a line. */
export async function* readJsonLines<T>(source: AsyncIterable<Uint8Array>): AsyncGenerator<T, void> {
  for await (const line of readLines(source)) yield JSON.parse(line) as T;
}

/** The lines of a text stream that are not empty. */
export async function* readLines(source: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of source) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') yield rest;
}
