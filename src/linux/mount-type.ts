import { readFileSync } from 'node:fs';
import { unlessErrno } from '#base';
import type { OpenDescriptor } from './descriptor.ts';
import { parseMountInfo } from './mountinfo.ts';

/**
 * The type of the file system that a descriptor's file is on, among the mounts that a process sees, of whom the
 * descriptor may come. Asks nobody but the kernel: an unreachable server does not hold it up. Undefined when the
 * process does not see that mount, or has ended.
 */
export function mountTypeOf({ fd }: OpenDescriptor, pid: number): string | undefined {
  const [, id] = /^mnt_id:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8')) ?? [];
  const mounts = unlessErrno(['ENOENT', 'ESRCH', 'EINVAL'], () =>
    readFileSync(`/proc/${pid}/mountinfo`, 'utf8'),
  );
  return parseMountInfo(mounts ?? '').find((mount) => mount.id === Number(id))?.type;
}
