import assert from 'node:assert/strict';
import { release } from 'node:os';
import { test } from 'node:test';
import type { ExecTask, Task } from '#task';
import { Box, demultiplex, readAll, readUntil } from './core-box.ts';

const sleeping = ['/bin/busybox', 'sleep', '1000'];
/** Ends by SIGTERM, and leaves a child that does not, and that tells that it is there. */
const stubborn = `(trap "" TERM; echo ready; while :; do busybox sleep 0.01; done) & wait`;
const [major = 0, minor = 0] = release().split('.').map(Number);
const groupsOutlive = major > 6 || (major === 6 && minor >= 9);

test('a process group is signalled as a whole', async () => {
  await using box = new Box();
  const task = await box.start({ argv: sleeping });
  const exec = await box.exec(task, ['/bin/sh', '-c', 'busybox sleep 1000 & echo ready; busybox sleep 1000']);
  await ready(exec);
  await exec.kill(15, 'group');
  assert.equal((await exec.exited).signal, 15);
});

test('a process alone is signalled otherwise, and its exit waits for what holds its output', async () => {
  await using box = new Box();
  const task = await box.start({ argv: sleeping });
  const exec = await box.exec(task, ['/bin/sh', '-c', 'busybox sleep 0.3 & echo ready; busybox sleep 1000']);
  await ready(exec);
  await exec.kill(9);
  assert.equal((await exec.exited).signal, 9);
});

test('what is left of a group is signalled when its leader has ended', { skip: !groupsOutlive }, async () => {
  await using box = new Box();
  const task = await box.start({ argv: sleeping, last: [{ op: 'supervise' }] });
  const before = await processesIn(box, task);
  const exec = await box.exec(task, ['/bin/sh', '-c', stubborn]);
  await ready(exec);
  await exec.kill(15, 'group');
  assert.equal((await exec.exited).signal, 15);
  await exec.kill(9, 'group');
  await until(async () => (await processesIn(box, task)) === before);
  await assert.rejects(exec.kill(9, 'group'), { kind: 'conflict' });
});

test('execs() tells a new daemon what runs and what has ended', async () => {
  await using box = new Box();
  const task = await box.start({ argv: sleeping });
  const running = await box.exec(task, sleeping, { id: 'running', detached: true });
  const ended = await box.exec(task, ['/bin/sh', '-c', 'exit 3'], { id: 'ended', detached: true });
  const status = await ended.exited;
  task.close();
  const found = await box.otherTasks().connect('box');
  assert.ok(found !== undefined && 'pid' in found);
  const [one, other, ...more] = await found.execs();
  assert.ok(one && other);
  assert.deepEqual([one.id, one.pid, one.status, await one.exited], ['ended', ended.pid, status, status]);
  assert.deepEqual([other.id, other.pid, other.status, more], ['running', running.pid, undefined, []]);
  await other.kill(15);
  assert.equal((await other.exited).signal, 15);
  assert.deepEqual(
    (await found.execs()).map(({ id }) => id),
    ['ended', 'running'],
  );
  await found.kill(9);
  found.close();
});

test('execs() remembers the last 128 that ended, and forgets those that never ran', async () => {
  await using box = new Box();
  const task = await box.start({ argv: sleeping });
  await assert.rejects(box.exec(task, ['nosuch'], { id: 'never' }));
  for (let i = 0; i < 130; i++) {
    const exec = await box.exec(task, ['/bin/sh', '-c', `exit ${i}`], { id: `exec-${i}`, detached: true });
    await exec.exited;
  }
  const known = await task.execs();
  assert.deepEqual(
    known.map(({ id, status }) => [id, status?.code]),
    Array.from({ length: 128 }, (_, index) => [`exec-${index + 2}`, index + 2]),
  );
});

async function ready({ socket }: ExecTask): Promise<void> {
  assert.ok(socket);
  await readUntil(socket, 'ready');
  socket.resume();
}

/** How many processes there are, without the one that counts. */
async function processesIn(box: Box, task: Task): Promise<number> {
  const { socket } = await box.exec(task, ['/bin/sh', '-c', 'echo /proc/[0-9]*'], { id: 'count' });
  assert.ok(socket);
  return (
    demultiplex(await readAll(socket))
      .stdout.trim()
      .split(' ').length - 1
  );
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}
