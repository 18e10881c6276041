import { constants, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { errnoOf } from '#base';
import { openNoFollow } from './held-inode.ts';

/**
 * Removes a file, or a directory and all that is in it. No link is followed, also when somebody puts links in the way
 * meanwhile.
 * @param path whose last element is not followed
 */
export function removeTree(path: string | Buffer): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'EISDIR') throw error;
    removeChildren(path);
    rmdirSync(path);
  }
}

function removeChildren(path: string | Buffer): void {
  using directory = openNoFollow(path, constants.O_RDONLY | constants.O_DIRECTORY);
  for (const child of readdirSync(directory.path, { encoding: 'buffer' })) {
    removeTree(Buffer.concat([Buffer.from(`${directory.path}/`), child]));
  }
}
