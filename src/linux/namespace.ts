import { openSync } from 'node:fs';
import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
import { checked } from './errno.ts';
import { sysctlPath } from './sysctl.ts';

/** The network namespace of a process; it lasts as long as the descriptor. */
export function openNetworkNamespace(pid: number): OpenDescriptor {
  return ownDescriptor(openSync(`/proc/${pid}/ns/net`, 'r'));
}

/** Sets a kernel parameter, named as in writeSysctl(), of another network namespace. @throws SystemCallError */
export function writeSysctlInside(netns: number, key: string, value: string): void {
  const path = sysctlPath(key);
  checked(addon().writeInside(netns, path, Buffer.from(value)), 'write', path);
}
