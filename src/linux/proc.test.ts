import assert from 'node:assert/strict';
import { openSync } from 'node:fs';
import { test } from 'node:test';
import { ownDescriptor } from './descriptor.ts';
import { errnoName, SystemCallError } from './errno.ts';
import { mountTypeOf } from './mount-type.ts';
import { parseMountInfo } from './mountinfo.ts';
import { parseProcessStat } from './process.ts';
import { sysctlPath } from './sysctl.ts';

test('mountTypeOf() tells the type of file system of what a descriptor has open', () => {
  using file = ownDescriptor(openSync('/proc/version', 'r'));
  assert.equal(mountTypeOf(file, process.pid), 'proc');
  assert.equal(mountTypeOf(file, 2 ** 30), undefined);
});

test('parseMountInfo() reads propagation fields and escaped paths', () => {
  const text = [
    '36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue',
    '37 35 0:5 / /proc rw - proc proc rw',
    'of no known shape',
    '',
  ].join('\n');
  const [first, second, ...rest] = parseMountInfo(text);
  assert.deepEqual(first, {
    id: 36,
    parentId: 35,
    device: '98:0',
    root: '/mnt1',
    mountPoint: '/mnt 2',
    options: ['rw', 'noatime'],
    propagation: ['master:1', 'shared:2'],
    type: 'ext3',
    source: '/dev/root',
    superOptions: ['rw', 'errors=continue'],
  });
  assert.deepEqual([second?.mountPoint, second?.propagation, rest], ['/proc', [], []]);
});

test('parseProcessStat() is not misled by brackets and spaces in the command', () => {
  const fields = Array.from({ length: 49 }, (_, place) => place + 4).join(' ');
  const stat = parseProcessStat(`77 (a) b (c) S ${fields}\n`);
  assert.deepEqual(stat, {
    pid: 77,
    command: 'a) b (c',
    state: 'S',
    parentPid: 4,
    groupId: 5,
    sessionId: 6,
    foregroundGroupId: 8,
    userTicks: 14,
    systemTicks: 15,
    nice: 19,
    threads: 20,
    startTicks: 22,
    residentPages: 24,
  });
});

test('sysctlPath() takes dots for slashes unless there is a slash', () => {
  assert.equal(sysctlPath('net.ipv4.ip_forward'), '/proc/sys/net/ipv4/ip_forward');
  assert.equal(sysctlPath('net/ipv4/conf/eth0.1/forwarding'), '/proc/sys/net/ipv4/conf/eth0.1/forwarding');
});

test('SystemCallError has the shape of the runtime errors', () => {
  const error = new SystemCallError(2, 'mount', '/x');
  assert.deepEqual(
    [error.code, error.errno, error.syscall, error.path, error.message],
    ['ENOENT', -2, 'mount', '/x', 'mount /x: ENOENT'],
  );
  assert.equal(errnoName(117), 'EUCLEAN');
  assert.equal(errnoName(99999), 'errno 99999');
});
