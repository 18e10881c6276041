import { closeSync, openSync } from 'node:fs';
import { addon } from './addon.ts';
import type { OpenDescriptor } from './descriptor.ts';
import { checked } from './errno.ts';

/**
 * Puts a detached mount at a place in the mount namespace of another process. The place is a descriptor that was
 * opened below that process's root.
 * @throws SystemCallError
 */
export function attachMountInside(pid: number, detached: OpenDescriptor, place: OpenDescriptor): void {
  inNamespaceOf(pid, (namespace) => {
    checked(addon().moveMountInside(namespace, detached.fd, place.fd), 'move_mount');
  });
}

/**
 * Takes away the topmost mount at `name` in a directory that was opened below the root of another process.
 * @throws SystemCallError EBUSY while it is in use, EINVAL when there is none
 */
export function unmountInside(pid: number, directory: OpenDescriptor, name: string): void {
  const noFollow = 8;
  inNamespaceOf(pid, (namespace) => {
    checked(addon().unmountInside(namespace, directory.fd, name, noFollow), 'umount', name);
  });
}

function inNamespaceOf(pid: number, change: (namespace: number) => void): void {
  const namespace = openSync(`/proc/${pid}/ns/mnt`, 'r');
  try {
    change(namespace);
  } finally {
    closeSync(namespace);
  }
}
