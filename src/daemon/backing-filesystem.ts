import { statfsSync } from 'node:fs';

/** Magic numbers of linux/magic.h, and Docker's names for them. */
const names: ReadonlyMap<number, string> = new Map([
  [0xef53, 'extfs'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x01021994, 'tmpfs'],
  [0x2fc12fc1, 'zfs'],
  [0x6969, 'nfs'],
  [0xf2f52010, 'f2fs'],
  [0x794c7630, 'overlayfs'],
]);

/** The file system that a folder is on, as Docker's `info` calls it. */
export function backingFilesystem(folder: string): string {
  return names.get(statfsSync(folder).type) ?? '<unknown>';
}
