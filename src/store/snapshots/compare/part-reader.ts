import type { Stretch } from '../erofs/index-reader.ts';
import type { OpenLayer } from './open-layer.ts';
import type { Part } from './stack.ts';

/** Reads a file from its beginning to its end, wherever its pieces are. */
export class PartReader {
  readonly #layer: OpenLayer;
  readonly #stretches: Iterator<Stretch>;
  #current: Stretch = { from: 'hole', position: 0, length: 0 };

  constructor({ layer, inode }: Part) {
    this.#layer = layer;
    this.#stretches = layer.index.stretches(inode);
  }

  async next(length: number): Promise<Buffer> {
    const target = Buffer.alloc(length);
    for (let done = 0; done < length; ) {
      if (this.#current.length === 0) this.#advance();
      const { from, position, length: left } = this.#current;
      const piece = target.subarray(done, done + Math.min(left, length - done));
      if (from === 'tar') await this.#layer.tar.read(piece, 0, piece.length, position);
      if (from === 'index') piece.set(this.#layer.index.slice(position, piece.length));
      this.#current = { from, position: position + piece.length, length: left - piece.length };
      done += piece.length;
    }
    return target;
  }

  #advance(): void {
    const next = this.#stretches.next();
    if (next.done) throw new RangeError('read past the end of a file');
    this.#current = next.value;
  }
}
