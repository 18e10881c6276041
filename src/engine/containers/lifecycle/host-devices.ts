import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError } from '#base';
import { splitDeviceNumber } from '#linux';
import type { HostDevice, HostDevices } from '../spec/devices.ts';

const fileType = 0o170000;
const character = 0o020000;
const block = 0o060000;

/** The device nodes of this host. */
export const hostDevices: HostDevices = {
  at(path) {
    const device = deviceAt(path, statSync);
    if (device !== undefined) return [device];
    const below = isDirectory(path) ? devicesBelow(path) : [];
    if (below.length > 0) return below;
    throw new EngineError(
      'invalid',
      `error gathering device information while adding custom device "${path}": no such file or directory`,
    );
  },
  all: () => devicesBelow('/dev'),
};

/** What every container has of its own, and what is no device. */
const skipped = new Set(['pts', 'shm', 'fd', 'mqueue', 'console', '.lxc', '.lxd-mounts', '.udev']);

function devicesBelow(directory: string): HostDevice[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return devicesBelow(path);
    return deviceAt(path, lstatSync) ?? [];
  });
}

function deviceAt(path: string, look: typeof statSync | typeof lstatSync): HostDevice | undefined {
  const found = look(path, { throwIfNoEntry: false });
  const type = found === undefined ? 0 : found.mode & fileType;
  if (found === undefined || (type !== character && type !== block)) return undefined;
  return {
    path,
    type: type === character ? 'c' : 'b',
    ...splitDeviceNumber(found.rdev),
    fileMode: found.mode & 0o777,
    uid: found.uid,
    gid: found.gid,
  };
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
