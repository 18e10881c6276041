import { pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';

/** Whether a client takes gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = (acceptEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  return codings.some((coding) => /^gzip\s*(?:;\s*q=(?!0(?:\.0*)?$).*)?$/.test(coding));
}

/** A stream in gzip's form, as fast as it goes. Ending the iteration early ends the source too. */
export async function* gzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source);
  const deflate = createGzip({ level: constants.Z_BEST_SPEED, chunkSize: 256 * 1024 });
  // A failure of the source comes out of the other end.
  pipeline(input, deflate, () => {});
  try {
    for await (const chunk of deflate) yield chunk as Uint8Array;
  } finally {
    input.destroy();
    deflate.destroy();
  }
}
