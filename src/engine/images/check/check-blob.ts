import { createHash } from 'node:crypto';
import type { Digest } from '#base';
import type { ContentStore } from '#store/content';

/** Reads a blob whole and compares it with its digest. */
export async function checkBlob(
  content: ContentStore,
  digest: Digest,
  signal: AbortSignal,
): Promise<'sound' | 'missing' | 'damaged'> {
  if (!content.has(digest)) return 'missing';
  const hash = createHash('sha256');
  for await (const piece of content.stream(digest)) {
    signal.throwIfAborted();
    hash.update(piece);
  }
  return `sha256:${hash.digest('hex')}` === digest ? 'sound' : 'damaged';
}
