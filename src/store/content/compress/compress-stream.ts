import type { Compressors } from './compressors.ts';
import { blockBytes, compressInOrder } from './in-order.ts';
import type { Block, CompressionFormat } from './messages.ts';

/** A stream, compressed on all threads, a few blocks ahead of the reader. Ending the iteration early ends the source too. */
export function compressStream(
  compressors: Compressors,
  source: AsyncIterable<Uint8Array>,
  format: CompressionFormat,
): AsyncGenerator<Uint8Array> {
  return compressInOrder(compressors, blocksOf(source, format));
}

/** At least one, for nothing is a stream too. */
async function* blocksOf(
  source: AsyncIterable<Uint8Array>,
  format: CompressionFormat,
): AsyncGenerator<Block> {
  let bytes = new Uint8Array(blockBytes);
  let filled = 0;
  for await (const piece of source) {
    for (let at = 0; at < piece.length; ) {
      if (filled === blockBytes) {
        yield { bytes, format };
        bytes = new Uint8Array(blockBytes);
        filled = 0;
      }
      const part = piece.subarray(at, at + blockBytes - filled);
      bytes.set(part, filled);
      filled += part.length;
      at += part.length;
    }
  }
  yield { bytes: bytes.subarray(0, filled), format };
}
