import { closeSync, openSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { unlessErrno } from '#base';
import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checkedPair } from './errno.ts';

/** A file as a block device, as long as it is open or mounted. */
export interface LoopDevice extends OpenDescriptor {
  /** `/dev/loop3` */
  readonly device: string;
}

/**
 * A file that is a block device already stays the same one: somebody may still have its file system, and the kernel
 * takes that on two devices for two file systems, which would write over each other.
 * @throws SystemCallError
 */
export function attachLoop(path: string): LoopDevice {
  return findLoop(realpathSync(path)) ?? makeLoop(path);
}

function makeLoop(path: string): LoopDevice {
  const file = openSync(path, 'r+');
  try {
    const [number, descriptor] = checkedPair(addon().attachLoop(file), 'loop');
    return { ...ownDescriptor(descriptor), device: `/dev/loop${number}` };
  } finally {
    closeSync(file);
  }
}

function findLoop(path: string): LoopDevice | undefined {
  for (const name of readdirSync('/sys/block')) {
    if (!name.startsWith('loop') || fileOf(name) !== path) continue;
    const device = `/dev/${name}`;
    const descriptor = unlessErrno(['ENXIO'], () => openSync(device, 'r+'));
    if (descriptor === undefined) continue;
    // While it is open the device keeps its file; till then it could have come to another.
    if (fileOf(name) === path) return { ...ownDescriptor(descriptor), device };
    closeSync(descriptor);
  }
  return undefined;
}

/** The path of the file that is a loop device now. */
function fileOf(name: string): string | undefined {
  const file = `/sys/block/${name}/loop/backing_file`;
  return unlessErrno(['ENOENT', 'ENXIO', 'ENODEV'], () => readFileSync(file, 'utf8'))?.replace(/\n$/, '');
}
