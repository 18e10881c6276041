import type { RuntimeMount } from './runtime.ts';

const quiet = ['nosuid', 'noexec', 'nodev'];

export interface KernelMountOptions {
  /** That /sys and the cgroups can be written to. */
  readonly writable: boolean;
  /** Size of a /dev/shm of its own; undefined for none. */
  readonly shmBytes: number | undefined;
}

/** The file systems of the kernel that every Linux container sees, outer ones first. */
export function kernelMounts({ writable, shmBytes }: KernelMountOptions): RuntimeMount[] {
  const access = writable ? [] : ['ro'];
  return [
    { destination: '/proc', type: 'proc', source: 'proc', options: quiet },
    {
      destination: '/dev',
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'strictatime', 'mode=755', 'size=65536k'],
    },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...quiet, ...access] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...quiet, ...access] },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: quiet },
    ...(shmBytes === undefined ? [] : [sharedMemory(shmBytes)]),
  ];
}

function sharedMemory(bytes: number): RuntimeMount {
  const options = [...quiet, 'mode=1777', `size=${bytes}`];
  return { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options };
}
