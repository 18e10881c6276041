import { createHash, type Hash } from 'node:crypto';

const blockBytes = 1 << 16;
const emptyBlock = Buffer.alloc(blockBytes);

/**
 * A digest of a file's bytes that comes out the same whether its holes are told or sent: blocks of nothing but zeros
 * do not count, and of all others also their place.
 */
export class ContentDigest {
  readonly #hash: Hash = createHash('sha256');
  readonly #block = Buffer.alloc(blockBytes);
  #blockAt = 0;
  #isDirty = false;

  /** Takes bytes that stand at a place behind all that were taken before. */
  write(bytes: Uint8Array, offset: number): void {
    for (let at = 0; at < bytes.length; ) {
      const position = offset + at;
      const blockAt = position - (position % blockBytes);
      if (blockAt !== this.#blockAt) this.#flush(blockAt);
      const part = bytes.subarray(at, at + blockBytes - (position - blockAt));
      this.#block.set(part, position - blockAt);
      this.#isDirty = true;
      at += part.length;
    }
  }

  digest(): string {
    this.#flush(0);
    return this.#hash.digest('hex');
  }

  #flush(nextAt: number): void {
    if (this.#isDirty) {
      if (!this.#block.equals(emptyBlock)) this.#hash.update(`${this.#blockAt}\n`).update(this.#block);
      this.#block.fill(0);
    }
    this.#blockAt = nextAt;
    this.#isDirty = false;
  }
}
