import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { unlessErrno } from '#base';
import { tryLockFile } from '#linux';

/**
 * Runs `work` while the shim does not rotate this log: it waits for the lock of the current file, so `work` must be
 * short. Nothing is done when that lock can't be had at once.
 */
export function holdNames(path: string, work: () => void): void {
  const fd = unlessErrno(['ENOENT'], () => openSync(path, 'r'));
  if (fd === undefined) return;
  try {
    using lock = tryLockFile(fd);
    const isCurrent = fstatSync(fd, { bigint: true }).ino === inodeNow(path);
    if (lock !== undefined && isCurrent) work();
  } finally {
    closeSync(fd);
  }
}

function inodeNow(path: string): bigint | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false })?.ino;
}
