import { constants } from 'node:fs';
import type { TarType } from '#oci';

/** Bits of Go's file mode besides the permissions. */
const bits = {
  directory: 2 ** 31,
  symlink: 2 ** 27,
  device: 2 ** 26,
  fifo: 2 ** 25,
  socket: 2 ** 24,
  setuid: 2 ** 23,
  setgid: 2 ** 22,
  character: 2 ** 21,
  sticky: 2 ** 20,
} as const;

/** What a file of Go's mode is; undefined for what no archive has. */
export function typeOfGoMode(mode: number): TarType | undefined {
  if (has(mode, bits.directory)) return 'directory';
  if (has(mode, bits.symlink)) return 'symlink';
  if (has(mode, bits.device)) return has(mode, bits.character) ? 'character' : 'block';
  if (has(mode, bits.fifo)) return 'fifo';
  return has(mode, bits.socket) ? undefined : 'file';
}

/** The permissions of Go's mode with setuid, setgid and sticky where the kernel has them. */
export function permissionsOfGoMode(mode: number): number {
  const special =
    (has(mode, bits.setuid) ? 0o4000 : 0) |
    (has(mode, bits.setgid) ? 0o2000 : 0) |
    (has(mode, bits.sticky) ? 0o1000 : 0);
  return (mode & 0o777) | special;
}

function has(mode: number, bit: number): boolean {
  return Math.floor(mode / bit) % 2 === 1;
}

/** By the kernel's bits of a file's type. */
const kernelTypes: ReadonlyMap<number, number> = new Map([
  [constants.S_IFDIR, bits.directory],
  [constants.S_IFLNK, bits.symlink],
  [constants.S_IFBLK, bits.device],
  [constants.S_IFCHR, bits.device + bits.character],
  [constants.S_IFIFO, bits.fifo],
]);

/** Go's mode of the kernel's. */
export function goModeOf(mode: number): number {
  const special =
    (mode & 0o4000 ? bits.setuid : 0) + (mode & 0o2000 ? bits.setgid : 0) + (mode & 0o1000 ? bits.sticky : 0);
  return (mode & 0o777) + special + (kernelTypes.get(mode & constants.S_IFMT) ?? 0);
}
