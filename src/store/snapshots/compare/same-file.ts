import { type IndexInode, isFile, isSymlink, type Stretch } from '../erofs/index-reader.ts';
import { isOverlayXattr } from '../erofs/xattrs.ts';
import type { OpenLayer } from './open-layer.ts';
import type { Part } from './stack.ts';

const pieceBytes = 256 * 1024;

/** Whether two files have the same type, permissions, owner and attributes; times do not count. */
export function hasSameAttributes(a: IndexInode, b: IndexInode): boolean {
  if (a.mode !== b.mode || a.uid !== b.uid || a.gid !== b.gid || a.device !== b.device) return false;
  const [left, right] = [ownXattrs(a), ownXattrs(b)];
  return left.length === right.length && left.every(([name, value]) => b.xattrs.get(name) === value);
}

function ownXattrs({ xattrs }: IndexInode): [string, string][] {
  return [...xattrs].filter(([name]) => !isOverlayXattr(name));
}

/** Whether two files of the same type have the same bytes, or lead to the same place; those of equal length are read. */
export async function hasSameContent(a: Part, b: Part): Promise<boolean> {
  if (isSymlink(a.inode)) return a.layer.index.target(a.inode) === b.layer.index.target(b.inode);
  if (!isFile(a.inode)) return true;
  const { sizeBytes } = a.inode;
  if (sizeBytes !== b.inode.sizeBytes) return false;
  const [left, right] = [new PartReader(a), new PartReader(b)];
  for (let done = 0; done < sizeBytes; done += pieceBytes) {
    const length = Math.min(pieceBytes, sizeBytes - done);
    const [one, other] = await Promise.all([left.next(length), right.next(length)]);
    if (!one.equals(other)) return false;
  }
  return true;
}

/** Reads a file from its beginning to its end, wherever its pieces are. */
class PartReader {
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
