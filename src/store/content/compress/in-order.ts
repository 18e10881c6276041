import type { Compressors } from './compressors.ts';
import type { Block } from './messages.ts';

/** How long the blocks are that something is cut into. */
export const blockBytes = 1 << 20;

/**
 * Blocks, compressed, in their order; those ahead are under way on the other threads. Ending the iteration early ends
 * that of the blocks too. @throws EngineError internal
 */
export async function* compressInOrder(
  compressors: Compressors,
  blocks: Iterable<Block> | AsyncIterable<Block>,
): AsyncGenerator<Uint8Array> {
  const ahead: Promise<Uint8Array>[] = [];
  try {
    for await (const block of blocks) {
      const compressed = compressors.compress(block);
      compressed.catch(() => {});
      ahead.push(compressed);
      const next = ahead.length > compressors.threads ? ahead.shift() : undefined;
      if (next !== undefined) yield await next;
    }
    for (let next = ahead.shift(); next !== undefined; next = ahead.shift()) yield await next;
  } finally {
    await Promise.allSettled(ahead);
  }
}
