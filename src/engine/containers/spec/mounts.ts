import type { HostConfig } from '#api';
import { kernelMounts, type RuntimeMount } from '#oci';
import type { ContainerMount, ContainerPaths } from '../types.ts';

/** All mounts of a container, outer paths first. A path that the user mounts on replaces the default there. */
export function resolveMounts(
  hostConfig: HostConfig,
  mounts: readonly ContainerMount[],
  files: ContainerPaths,
): RuntimeMount[] {
  const asked = [...mounts.map(mountOf), ...tmpfsMounts(hostConfig)];
  const taken = new Set(asked.map((mount) => mount.destination));
  const defaults = [...systemMounts(hostConfig), ...fileMounts(files)];
  const all = [...defaults.filter((mount) => !taken.has(mount.destination)), ...asked];
  return all.sort((a, b) => depth(a) - depth(b));
}

/** The kernel's, and the host's shared memory where the container asked for it. */
function systemMounts({ Privileged, IpcMode, ShmSize }: HostConfig): RuntimeMount[] {
  const hasOwn = IpcMode !== 'none' && IpcMode !== 'host';
  const mounts = kernelMounts({ writable: Privileged, shmBytes: hasOwn ? ShmSize : undefined });
  if (IpcMode !== 'host') return mounts;
  return [
    ...mounts,
    { destination: '/dev/shm', type: 'bind', source: '/dev/shm', options: ['rbind', 'rprivate'] },
  ];
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
  if (mount.type === 'tmpfs') {
    const access = mount.writable ? 'rw' : 'ro';
    return {
      destination,
      type: 'tmpfs',
      source: 'tmpfs',
      options: ['nosuid', 'nodev', 'noexec', access, ...mount.options],
    };
  }
  const bind = mount.recursive ? 'rbind' : 'bind';
  // What the host has mounted for reading stays so, whoever asks for more.
  const readOnly = mount.writable ? [] : ['ro'];
  const below = mount.writable || mount.writableBelow || !mount.recursive ? [] : ['rro'];
  return {
    destination,
    type: 'bind',
    source: mount.source,
    options: [bind, ...readOnly, ...below, mount.propagation || 'rprivate'],
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
