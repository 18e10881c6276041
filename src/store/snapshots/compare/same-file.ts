import { type IndexInode, isFile, isSymlink } from '../erofs/index-reader.ts';
import { isOverlayXattr } from '../erofs/xattrs.ts';
import { PartReader } from './part-reader.ts';
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
