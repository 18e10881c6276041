import { closeSync, openSync } from 'node:fs';
import { addon } from './addon.ts';
import { type OpenDescriptor, ownDescriptor } from './descriptor.ts';
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
 * Takes the topmost mount at `name` away from a directory that was opened below the root of another process.
 * @returns the mount, which has no place any more and ends with its descriptor
 * @throws SystemCallError EBUSY while it is in use, EINVAL when there is none
 */
export function takeMountInside(pid: number, directory: OpenDescriptor, name: string): OpenDescriptor {
  return inNamespaceOf(pid, (namespace) =>
    ownDescriptor(checked(addon().takeMountInside(namespace, directory.fd, name), 'umount', name)),
  );
}

function inNamespaceOf<T>(pid: number, change: (namespace: number) => T): T {
  const namespace = openSync(`/proc/${pid}/ns/mnt`, 'r');
  try {
    return change(namespace);
  } finally {
    closeSync(namespace);
  }
}
