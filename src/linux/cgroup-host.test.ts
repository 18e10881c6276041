import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cgroupDirectories, cgroupDirectory, describeCgroups } from './cgroup-host.ts';
import { parseMountInfo } from './mountinfo.ts';

const known = new Set(['cpu', 'cpuacct', 'memory', 'pids']);

const line = (id: number, mountPoint: string, type: string, options: string) =>
  `${id} 1 0:${id} / ${mountPoint} rw,relatime - ${type} ${type} rw,${options}`;

const memory = line(30, '/sys/fs/cgroup/memory', 'cgroup', 'memory');
const cpu = line(31, '/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'cpu,cpuacct');
const systemd = line(32, '/sys/fs/cgroup/systemd', 'cgroup', 'xattr,name=systemd');
const unified = line(33, '/sys/fs/cgroup/unified', 'cgroup2', 'nsdelegate');

function describe(...lines: string[]) {
  return describeCgroups(parseMountInfo(lines.join('\n')), known, ['memory', 'pids']);
}

test('describeCgroups() finds the hierarchies of cgroup v1, also beside cgroup2', () => {
  assert.deepEqual(describe(memory, cpu, systemd, unified), {
    version: 1,
    hierarchies: [
      { mountPoint: '/sys/fs/cgroup/memory', controllers: ['memory'] },
      { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
      { mountPoint: '/sys/fs/cgroup/systemd', controllers: ['name=systemd'] },
    ],
  });
});

test('describeCgroups() takes cgroup2 where no v1 hierarchy holds a controller', () => {
  const wanted = {
    version: 2,
    hierarchies: [{ mountPoint: '/sys/fs/cgroup/unified', controllers: ['memory', 'pids'] }],
  };
  assert.deepEqual(describe(unified), wanted);
  assert.deepEqual(describe(systemd, unified), wanted);
});

test('describeCgroups() counts a hierarchy that is mounted twice once', () => {
  const again = line(40, '/chroot/sys/fs/cgroup/memory', 'cgroup', 'memory');
  assert.equal(describe(memory, again).hierarchies.length, 1);
});

test('cgroupDirectory() is below the mount point of the controller, if it is mounted', () => {
  const setup = { ...describe(memory, cpu), path: '/wharf/box' };
  assert.equal(cgroupDirectory(setup, 'cpuacct'), '/sys/fs/cgroup/cpu,cpuacct/wharf/box');
  assert.equal(cgroupDirectory(setup, 'pids'), undefined);
  assert.equal(cgroupDirectories(setup).length, 2);
});
