import assert from 'node:assert/strict';
import { existsSync, readFileSync, rmdirSync } from 'node:fs';
import { test } from 'node:test';
import { Box, demultiplex, readAll } from './core-box.ts';

const name = `wharf-test-core-${process.pid}`;
const unified = ['/sys/fs/cgroup/unified', '/sys/fs/cgroup'].find((path) =>
  existsSync(`${path}/cgroup.procs`),
);
const legacy = existsSync('/sys/fs/cgroup/pids/tasks') ? '/sys/fs/cgroup/pids' : undefined;

/** A made cgroup, gone with the test. */
function cgroupAt(parent: string): { path: string } & Disposable {
  const path = `${parent}/${name}`;
  return { path, [Symbol.dispose]: () => existsSync(path) && rmdirSync(path) };
}

async function outputOf(box: Box, options: Parameters<Box['start']>[0]): Promise<string> {
  const task = await box.start({ ...options, attach: [{ stdin: false, stdout: true, stderr: true }] });
  const [socket] = task.attached;
  assert.ok(socket);
  const { stdout, stderr } = demultiplex(await readAll(socket));
  await task.exited;
  return stdout + stderr;
}

test('enterTasks puts the process into a cgroup that hostMkdir made', {
  skip: legacy === undefined,
}, async () => {
  using cgroup = cgroupAt(legacy ?? '');
  await using box = new Box();
  const seen = await outputOf(box, {
    argv: ['/bin/busybox', 'cat', '/proc/self/cgroup'],
    before: [
      { op: 'hostMkdir', path: cgroup.path, mode: 0o755 },
      { op: 'write', path: `${cgroup.path}/pids.max`, value: '50', ignoreErrnos: [] },
      { op: 'enterTasks', path: `${cgroup.path}/tasks` },
    ],
  });
  assert.match(seen, new RegExp(`:pids:/${name}\n`));
  assert.equal(readFileSync(`${cgroup.path}/pids.max`, 'utf8'), '50\n');
});

test('a start that fails in its cgroup leaves none', { skip: legacy === undefined }, async () => {
  using cgroup = cgroupAt(legacy ?? '');
  await using box = new Box();
  const started = box.start({
    argv: ['nosuch'],
    before: [
      { op: 'hostMkdir', path: cgroup.path, mode: 0o755 },
      { op: 'enterTasks', path: `${cgroup.path}/tasks` },
    ],
  });
  await assert.rejects(started);
  assert.equal(existsSync(cgroup.path), false);
});

test('a cgroup that takes no process fails the start', { skip: legacy === undefined }, async () => {
  await using box = new Box();
  const started = box.start({ argv: ['/bin/sh'], before: [{ op: 'enterTasks', path: '/proc/self/comm' }] });
  await assert.rejects(started, { message: 'entering the cgroup: invalid argument' });
});

test('enterCgroup clones into a cgroup of version 2', { skip: unified === undefined }, async () => {
  using cgroup = cgroupAt(unified ?? '');
  await using box = new Box();
  const seen = await outputOf(box, {
    argv: ['/bin/busybox', 'cat', '/proc/self/cgroup'],
    before: [
      { op: 'hostMkdir', path: cgroup.path, mode: 0o755 },
      { op: 'enterCgroup', path: cgroup.path },
    ],
  });
  assert.match(seen, new RegExp(`^0::/${name}$`, 'm'));
});

test('deviceFilter decides which devices can be made and opened', {
  skip: unified === undefined,
}, async () => {
  using cgroup = cgroupAt(unified ?? '');
  await using box = new Box();
  // r0 = 0; exit: no device at all.
  const program = Uint8Array.of(0xb7, 0, 0, 0, 0, 0, 0, 0, 0x95, 0, 0, 0, 0, 0, 0, 0);
  const started = box.start({
    argv: ['/bin/sh'],
    before: [
      { op: 'hostMkdir', path: cgroup.path, mode: 0o755 },
      { op: 'deviceFilter', path: cgroup.path, program },
      { op: 'enterCgroup', path: cgroup.path },
    ],
  });
  await assert.rejects(started, /mknod "\/dev\/null": operation not permitted/);
});
