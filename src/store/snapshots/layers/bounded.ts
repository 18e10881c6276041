import { EngineError } from '#base';

/** Deflate can't exceed 1032; what other formats make of zeros may. */
const mostRatio = 1100;
/** So much may come of however little: a layer of one empty disk image is no attack. */
const generousBytes = 16 * 2 ** 30;

/**
 * What comes out of a decoder, as long as it is in proportion to what has gone in.
 * @throws EngineError invalid, while iterating, for a decompression bomb
 */
export async function* bounded(
  plain: AsyncIterable<Uint8Array>,
  wire: { readonly bytes: number },
): AsyncGenerator<Uint8Array> {
  let unpackedBytes = 0;
  for await (const piece of plain) {
    unpackedBytes += piece.length;
    if (unpackedBytes > Math.max(generousBytes, mostRatio * wire.bytes)) {
      throw new EngineError('invalid', `more than ${mostRatio} times its ${wire.bytes} bytes unpack from it`);
    }
    yield piece;
  }
}
