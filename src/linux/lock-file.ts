import { addon } from './addon.ts';
import { checked } from './errno.ts';

const LOCK_EX = 2;
const LOCK_NB = 4;
const LOCK_UN = 8;
const EAGAIN = 11;

/**
 * Takes an open file's lock (flock), which closing gives back too.
 * @returns undefined while another has it. @throws SystemCallError
 */
export function tryLockFile(fd: number): Disposable | undefined {
  const result = addon().lockFile(fd, LOCK_EX | LOCK_NB);
  if (result === -EAGAIN) return undefined;
  checked(result, 'flock');
  return { [Symbol.dispose]: () => void addon().lockFile(fd, LOCK_UN) };
}
