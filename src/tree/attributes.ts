import { chmodSync, chownSync, lchownSync, type Stats, statSync } from 'node:fs';
import { EngineError } from '#base';
import { setModified, setXattr } from '#linux';
import type { TarEntry, TarType } from '#oci';
import { holdInode } from './held-inode.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Gives a file just made the owner, rights, attributes and time of an archive member, in the order that keeps them.
 * @throws EngineError conflict, when something else was put in its place
 */
export function applyAttributes(path: string | Buffer, entry: TarEntry, owner: Owner = entry): void {
  if (entry.type === 'symlink') {
    lchownSync(path, owner.uid, owner.gid);
    setXattrs(path, entry);
  } else {
    // By its inode: a process in the container that puts a link there must not reach what that leads to.
    using held = holdInode(path);
    if (!isOfType(statSync(held.path), entry.type)) {
      throw new EngineError('conflict', `${path.toString()} was replaced while it was written`);
    }
    chownSync(held.path, owner.uid, owner.gid);
    chmodSync(held.path, entry.mode);
    setXattrs(path, entry);
  }
  setModified(path, entry.mtimeSeconds, entry.mtimeNanos);
}

/** The last element of the path is not followed. */
function setXattrs(path: string | Buffer, { xattrs }: TarEntry): void {
  for (const { name, value } of xattrs) setXattr(path, name, value);
}

function isOfType(stats: Stats, type: TarType): boolean {
  switch (type) {
    case 'directory':
      return stats.isDirectory();
    case 'character':
      return stats.isCharacterDevice();
    case 'block':
      return stats.isBlockDevice();
    case 'fifo':
      return stats.isFIFO();
    default:
      return stats.isFile();
  }
}
