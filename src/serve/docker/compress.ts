import { type Duplex, pipeline, Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';

/** Whether a client takes gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(acceptEncoding: string | undefined): boolean {
  const codings = (acceptEncoding ?? '').split(',').map((coding) => coding.trim().toLowerCase());
  return codings.some((coding) => /^gzip\s*(?:;\s*q=(?!0(?:\.0*)?$).*)?$/.test(coding));
}

/** A stream in gzip's form, as fast as it goes. Ending the iteration early ends the source too. */
export function gzip(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return through(source, createGzip({ level: constants.Z_BEST_SPEED, chunkSize: pieceBytes }));
}

const pieceBytes = 256 * 1024;

async function* through(source: AsyncIterable<Uint8Array>, compressor: Duplex): AsyncGenerator<Uint8Array> {
  const input = Readable.from(source);
  // A failure of the source comes out of the other end.
  pipeline(input, compressor, () => {});
  try {
    for await (const chunk of compressor) yield chunk as Uint8Array;
  } finally {
    input.destroy();
    compressor.destroy();
  }
}
