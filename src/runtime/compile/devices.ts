import { dirname, join } from 'node:path/posix';
import type { LinuxDevice, RuntimeMount, RuntimeSpec } from '#oci';
import type { OpIn, OpOf } from '../plan/plan.ts';
import { parseMountOptions } from './mount-options.ts';
import { makeDirectory } from './mounts.ts';

type InitOp = OpIn<'init'>;

const character = (path: string, major: number, minor: number): LinuxDevice => ({
  path,
  type: 'c',
  major,
  minor,
  fileMode: 0o666,
});

/** The devices that every container has (runtime-spec, config-linux.md, "Default Devices"). */
export const defaultDevices: readonly LinuxDevice[] = [
  character('/dev/null', 1, 3),
  character('/dev/zero', 1, 5),
  character('/dev/full', 1, 7),
  character('/dev/random', 1, 8),
  character('/dev/urandom', 1, 9),
  character('/dev/tty', 5, 0),
];

const deviceLinks: readonly (readonly [target: string, value: string])[] = [
  ['/dev/fd', '/proc/self/fd'],
  ['/dev/stdin', '/proc/self/fd/0'],
  ['/dev/stdout', '/proc/self/fd/1'],
  ['/dev/stderr', '/proc/self/fd/2'],
  ['/dev/core', '/proc/kcore'],
  ['/dev/ptmx', 'pts/ptmx'],
];

/** S_IFMT bits of mknod(2). */
const typeBits = { b: 0o060000, c: 0o020000, u: 0o020000, p: 0o010000 } as const;

/** The device nodes and links in /dev; none when the host's own /dev is mounted there. */
export function compileDevices(spec: RuntimeSpec): readonly InitOp[] {
  if ((spec.mounts ?? []).some(isHostDev)) return [];
  const devices = new Map(defaultDevices.map((device) => [device.path, device]));
  for (const device of spec.linux?.devices ?? []) devices.set(join('/', device.path), device);
  const parents = new Set([...devices.keys()].map((path) => dirname(path)));
  return [
    ...[...parents].map((parent) => makeDirectory(parent)),
    ...[...devices].map(([path, device]) => makeNode(path, device)),
    ...deviceLinks.map(([target, value]): OpOf<'symlink'> => ({ op: 'symlink', value, target })),
  ];
}

function makeNode(target: string, device: LinuxDevice): OpOf<'mknod'> {
  return {
    op: 'mknod',
    target,
    mode: typeBits[device.type] | ((device.fileMode ?? 0o666) & 0o7777),
    major: device.major ?? 0,
    minor: device.minor ?? 0,
    uid: device.uid ?? 0,
    gid: device.gid ?? 0,
  };
}

function isHostDev(mount: RuntimeMount): boolean {
  const isBind = mount.type === 'bind' || parseMountOptions(mount.options ?? []).bind;
  return isBind && join('/', mount.destination, '.') === '/dev';
}
