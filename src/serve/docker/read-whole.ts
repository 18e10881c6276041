const skippedBytes = 64 << 20;

/**
 * Lets `work` read a body, and reads on when it fails: a client that is still sending when the answer comes tells
 * its user of a broken pipe, and not what went wrong.
 */
export async function readWhole<T>(
  body: AsyncIterable<Uint8Array>,
  work: (body: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  const pieces = body[Symbol.asyncIterator]();
  try {
    // Without return(): a reader that gives up does not end the body.
    return await work({ [Symbol.asyncIterator]: () => ({ next: () => pieces.next() }) });
  } catch (error) {
    let skipped = 0;
    while (skipped < skippedBytes) {
      const piece = await pieces.next();
      if (piece.done) break;
      skipped += piece.value.length;
    }
    throw error;
  }
}
