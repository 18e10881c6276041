import { constants } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { errnoOf } from '#base';

/** What file systems answer that share no blocks, or not between these two. */
const cannot = ['EINVAL', 'ENOSYS', 'ENOTSUP', 'ENOTTY', 'EOPNOTSUPP', 'EXDEV', 'EPERM'];

/** Makes a file's content that of another one by sharing its blocks. @returns false where that cannot be */
export async function cloneFile(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE_FORCE);
    return true;
  } catch (error) {
    if (cannot.includes(errnoOf(error) ?? '')) return false;
    throw error;
  }
}
