import type { HostConfig } from '#api';
import type { RuntimeMount } from '#oci';
import type { ContainerMount, ContainerPaths } from '../types.ts';

/** All mounts of a container, outer paths first. A path that the user mounts on replaces the default there. */
export function resolveMounts(
  hostConfig: HostConfig,
  mounts: readonly ContainerMount[],
  files: ContainerPaths,
): RuntimeMount[] {
  const asked = [...mounts.map(mountOf), ...tmpfsMounts(hostConfig)];
  const taken = new Set(asked.map((mount) => mount.destination));
  const defaults = [...kernelMounts(hostConfig), ...fileMounts(files)];
  const all = [...defaults.filter((mount) => !taken.has(mount.destination)), ...asked];
  return all.sort((a, b) => depth(a) - depth(b));
}

function kernelMounts(hostConfig: HostConfig): RuntimeMount[] {
  const access = hostConfig.Privileged ? [] : ['ro'];
  const quiet = ['nosuid', 'noexec', 'nodev'];
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
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...access, ...quiet] },
    { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: quiet },
    ...sharedMemory(hostConfig, quiet),
  ];
}

function sharedMemory({ IpcMode, ShmSize }: HostConfig, quiet: readonly string[]): RuntimeMount[] {
  if (IpcMode === 'none') return [];
  const destination = '/dev/shm';
  if (IpcMode === 'host') {
    return [{ destination, type: 'bind', source: '/dev/shm', options: ['rbind', 'rprivate'] }];
  }
  return [{ destination, type: 'tmpfs', source: 'shm', options: [...quiet, 'mode=1777', `size=${ShmSize}`] }];
}

function fileMounts(files: ContainerPaths): RuntimeMount[] {
  return [
    ['/etc/resolv.conf', files.resolvConf],
    ['/etc/hostname', files.hostname],
    ['/etc/hosts', files.hosts],
  ]
    .filter(([, source]) => source !== '')
    .map(([destination = '', source = '']) => ({
      destination,
      type: 'bind',
      source,
      options: ['rbind', 'rprivate', 'rw'],
    }));
}

/** A mount of the record as the spec has it. */
export function mountOf(mount: ContainerMount): RuntimeMount {
  const { destination } = mount;
  const access = mount.writable ? 'rw' : 'ro';
  if (mount.type === 'tmpfs') {
    return {
      destination,
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'nodev', 'noexec', access, ...mount.options],
    };
  }
  const bind = mount.recursive ? 'rbind' : 'bind';
  return {
    destination,
    type: 'bind',
    source: mount.source,
    options: [bind, access, mount.propagation || 'rprivate'],
  };
}

function tmpfsMounts({ Tmpfs }: HostConfig): RuntimeMount[] {
  return Object.entries(Tmpfs ?? {}).map(([destination, options]) => ({
    destination,
    type: 'tmpfs',
    source: 'tmpfs',
    options: ['noexec', 'nosuid', 'nodev', ...options.split(',').filter(Boolean)],
  }));
}

function depth(mount: RuntimeMount): number {
  return mount.destination.split('/').filter(Boolean).length;
}
