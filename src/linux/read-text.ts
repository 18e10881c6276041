import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The text of an open file that strangers write, and make as long as they like.
 * @returns undefined, when it is longer than `mostBytes`. @throws Error of the system call
 */
export function readText(fd: number, mostBytes: number): string | undefined {
  const { size } = fstatSync(fd);
  if (size > mostBytes) return undefined;
  const bytes = Buffer.alloc(size);
  let length = 0;
  for (let read = -1; read !== 0 && length < size; length += read) {
    read = readSync(fd, bytes, length, size - length, length);
  }
  return bytes.toString('utf8', 0, length);
}

/** The same for the file at a path. */
export function readTextAt(path: string, mostBytes: number): string | undefined {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return readText(fd, mostBytes);
  } finally {
    closeSync(fd);
  }
}
