import { addon, type SystemPath } from './addon.ts';
import { checked, SystemCallError } from './errno.ts';

const noData = -61;
const tooSmall = -34;

/** Sets an extended attribute; a final symbolic link is not followed, here and below. @throws SystemCallError */
export function setXattr(path: SystemPath, name: string, value: Uint8Array): void {
  checked(addon().setXattr(path, name, value, 0), 'setxattr', path);
}

/** The attribute's value; undefined when the file has none of that name. @throws SystemCallError */
export function getXattr(path: SystemPath, name: string): Uint8Array | undefined {
  return fill('getxattr', path, (buffer) => addon().getXattr(path, name, buffer));
}

/** The names of a file's attributes. @throws SystemCallError */
export function listXattrs(path: SystemPath): string[] {
  const names = fill('listxattr', path, (buffer) => addon().listXattrs(path, buffer));
  return new TextDecoder().decode(names).split('\0').slice(0, -1);
}

/** Removes an attribute, if it is there. @throws SystemCallError */
export function removeXattr(path: SystemPath, name: string): void {
  const result = addon().removeXattr(path, name);
  if (result !== noData) checked(result, 'removexattr', path);
}

function fill(
  syscall: string,
  path: SystemPath,
  read: (buffer: Uint8Array) => number,
): Uint8Array | undefined {
  for (const size of [256, 65536]) {
    const buffer = new Uint8Array(size);
    const length = read(buffer);
    if (length === noData) return undefined;
    if (length !== tooSmall) return buffer.subarray(0, checked(length, syscall, path));
  }
  throw new SystemCallError(-tooSmall, syscall, path);
}
