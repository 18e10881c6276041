import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { startExitCode, type Task } from '#task';
import { Box, type BoxOptions, demultiplex, readAll, readUntil } from './core-box.ts';

const SIGRTMAX = 64;
const everything = { stdin: true, stdout: true, stderr: true };

test('the first process is init, which has nothing of the shim', async () => {
  await using box = new Box();
  const script = `echo $$; for i in comm cmdline; do busybox tr '\\0' . < /proc/1/$i; echo; done; busybox ls /proc/1/fd`;
  const task = await startWithInit(box, { argv: ['/bin/sh', '-c', script] });
  const [pid, comm, , commandLine, ...fds] = (await outputOf(task)).trimEnd().split('\n');
  assert.deepEqual([pid, comm, fds], ['2', 'init', ['0', '1', '2']]);
  assert.equal(commandLine, 'init.');
});

test('init ends as its child does', async () => {
  await using box = new Box();
  assert.deepEqual(await statusOf(box, 'exit 42'), [42, 0]);
  assert.deepEqual(await statusOf(box, 'kill -KILL $$'), [137, 0]);
  assert.deepEqual(await statusOf(box, 'kill -SEGV $$'), [139, 0]);
});

test('init forwards every signal, and the program has no need of a handler', async () => {
  await using box = new Box();
  for (const signal of [1, 2, 3, 10, 15, SIGRTMAX]) {
    const task = await startWithInit(box, { argv: ['/bin/busybox', 'sleep', '1000'] });
    await task.kill(signal);
    assert.equal((await task.exited).code, 128 + signal);
  }
  const script = 'trap "exit 9" TERM; echo ready; while :; do busybox usleep 1000; done';
  const task = await startWithInit(box, { argv: ['/bin/sh', '-c', script] });
  await readUntil(first(task), 'ready');
  await task.kill(15);
  assert.equal((await task.exited).code, 9);
});

test('init reaps what nobody else does', async () => {
  await using box = new Box();
  const script = `(busybox true & echo $!) > /tmp/orphan; read pid < /tmp/orphan
    while busybox kill -0 $pid; do busybox usleep 1000; done 2> /dev/null; echo gone`;
  const task = await startWithInit(box, { argv: ['/bin/sh', '-c', script] });
  assert.equal(await outputOf(task), 'gone\n');
});

test('what the program leaves behind ends with it', async () => {
  await using box = new Box();
  const task = await startWithInit(box, { argv: ['/bin/sh', '-c', 'busybox sleep 1000 & exit 3'] });
  await readAll(first(task));
  assert.equal((await task.exited).code, 3);
});

test('a program that cannot be executed is told as it is without init', async () => {
  await using box = new Box();
  const cases = [
    ['nosuch', 127, 'exec: "nosuch": executable file not found in $PATH'],
    ['/tmp', 126, 'exec: "/tmp": is a directory: permission denied'],
  ] as const;
  for (const [program, code, message] of cases)
    await assert.rejects(startWithInit(box, { argv: [program] }), (error: Error) => {
      assert.deepEqual([error.message, startExitCode(error)], [message, code]);
      return true;
    });
});

test('the terminal is the program: its signals go there, and it may hand it on', async () => {
  await using box = new Box();
  const task = await startWithInit(box, { argv: ['/bin/sh', '-i'], terminal: true, openStdin: true });
  const socket = first(task);
  socket.write('busybox sleep 1000\n');
  while (!isSleeping(task)) await sleep(5);
  socket.write('\x03echo status $?\n');
  await readUntil(socket, 'status 130');
  socket.write('exit 4\n');
  assert.equal((await task.exited).code, 4);
});

test('a created container with init is released as any other', async () => {
  await using box = new Box();
  const task = await startWithInit(box, { argv: ['/bin/sh', '-c', 'echo now'], createOnly: true });
  await task.release();
  assert.equal(await outputOf(task), 'now\n');
});

test('init and program end with their shim', async () => {
  await using box = new Box();
  const task = await startWithInit(box, { argv: ['/bin/busybox', 'sleep', '1000'] });
  const program = readFileSync(childrenFile(task), 'utf8').trim();
  process.kill(Number(readFileSync(join(box.stateDir(), 'shim.pid'), 'utf8')), 'SIGKILL');
  assert.equal((await task.exited).signal, 9);
  while (existsSync(`/proc/${task.pid}/exe`) || existsSync(`/proc/${program}/exe`)) await sleep(5);
});

function startWithInit(box: Box, options: BoxOptions): Promise<Task> {
  return box.start({ attach: [everything], last: [{ op: 'supervise' }], ...options });
}

async function statusOf(box: Box, script: string): Promise<[number, number]> {
  const { code, signal } = await (await startWithInit(box, { argv: ['/bin/sh', '-c', script] })).exited;
  return [code, signal];
}

async function outputOf(task: Task): Promise<string> {
  const { stdout, stderr } = demultiplex(await readAll(first(task)));
  assert.equal(stderr, '');
  return stdout;
}

function first({ attached: [socket] }: Task): Socket {
  assert.ok(socket);
  return socket;
}

function childrenFile({ pid }: Task): string {
  return `/proc/${pid}/task/${pid}/children`;
}

/** Whether the shell that init started runs a program of its own. */
function isSleeping(task: Task): boolean {
  const shell = readFileSync(childrenFile(task), 'utf8').trim();
  const children = readFileSync(`/proc/${shell}/task/${shell}/children`, 'utf8').trim();
  return children !== '' && readFileSync(`/proc/${children}/comm`, 'utf8') === 'busybox\n';
}
