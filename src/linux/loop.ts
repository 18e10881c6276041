import { closeSync, openSync } from 'node:fs';
import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checkedPair } from './errno.ts';

/** A file as a block device, as long as it is open or mounted. */
export interface LoopDevice extends OpenDescriptor {
  /** `/dev/loop3` */
  readonly device: string;
}

/** @throws SystemCallError */
export function attachLoop(path: string): LoopDevice {
  const file = openSync(path, 'r+');
  try {
    const [number, descriptor] = checkedPair(addon().attachLoop(file), 'loop');
    return { ...ownDescriptor(descriptor), device: `/dev/loop${number}` };
  } finally {
    closeSync(file);
  }
}
