import { constants, openSync } from 'node:fs';
import { type OpenDescriptor, openPathOnly, ownDescriptor } from '#linux';

/** Opens what a path names; a link at its end is refused (ELOOP, ENOTDIR). @throws the runtime's error */
export function openNoFollow(path: string | Buffer, flags: number): OpenDescriptor {
  return ownDescriptor(openSync(path, flags | constants.O_NOFOLLOW));
}

/**
 * Holds an inode without opening it: to open a device or a fifo would have effects. Whatever is put in its place
 * afterwards, the descriptor's path leads to this one.
 */
export function holdInode(path: string | Buffer): OpenDescriptor {
  return openNoFollow(path, openPathOnly);
}
