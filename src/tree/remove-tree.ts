import { constants, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { errnoOf } from '#base';
import { openNoFollow } from './held-inode.ts';

/** After so many files everybody else in the daemon gets a turn. */
const filesPerTurn = 256;

/**
 * Removes a file, or a directory and all that is in it. No link is followed, also when somebody puts links in the way
 * meanwhile.
 * @param path whose last element is not followed
 */
export async function removeTree(path: string | Buffer): Promise<void> {
  await remove(path, { files: 0 });
}

async function remove(path: string | Buffer, done: { files: number }): Promise<void> {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'EISDIR') throw error;
    await removeChildren(path, done);
    rmdirSync(path);
  }
  done.files += 1;
  if (done.files % filesPerTurn === 0) await setImmediate();
}

async function removeChildren(path: string | Buffer, done: { files: number }): Promise<void> {
  using directory = openNoFollow(path, constants.O_RDONLY | constants.O_DIRECTORY);
  for (const child of readdirSync(directory.path, { encoding: 'buffer' })) {
    await remove(Buffer.concat([Buffer.from(`${directory.path}/`), child]), done);
  }
}
