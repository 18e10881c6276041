import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { constants } from 'node:os';
import { test } from 'node:test';
import type { Task } from '#task';
import { Box, demultiplex, readAll } from './core-box.ts';

const outputs = { stdin: false, stdout: true, stderr: true };
/** More than all buffers on the way to a client hold. */
const much = 'busybox yes 0123456789 | busybox head -c 11000000';
const muchText = '0123456789\n'.repeat(1_000_000);
const shell = ['/bin/sh', '-c', `${much}; echo done`];

test('a client that reads nothing is let go; the others and the log go on', async () => {
  await using box = new Box();
  const task = await box.start({ argv: shell, attach: [outputs, outputs, outputs] });
  const [stuck, ...readers] = task.attached;
  const seen = await Promise.all(readers.map(readAll));
  for (const bytes of seen) assert.equal(demultiplex(bytes).stdout, `${muchText}done\n`);
  assert.equal((await task.exited).code, 0);
  assert.equal(box.logged().length, 1_000_001);
  assert.ok((await rest(stuck)) < muchText.length);
});

test('many clients see every byte', async () => {
  await using box = new Box();
  const attach = Array.from({ length: 40 }, () => outputs);
  const task = await box.start({ argv: ['/bin/sh', '-c', 'busybox seq 20000'], attach });
  const expected = Array.from({ length: 20_000 }, (_, index) => `${index + 1}\n`).join('');
  for (const bytes of await Promise.all(task.attached.map(readAll)))
    assert.equal(demultiplex(bytes).stdout, expected);
});

test('a client of a container that was started without any does not hold it up', async () => {
  await using box = new Box();
  const script = `read line; ${much}; echo done`;
  const task = await box.start({ argv: ['/bin/sh', '-c', script], openStdin: true });
  const { socket: stuck } = await task.attach({ ...outputs, stdin: true });
  stuck.write('go\n');
  assert.equal((await task.exited).code, 0);
  assert.equal(box.logged().at(-1)?.log, 'done\n');
  assert.ok((await rest(stuck)) < muchText.length);
});

test('the only client of a container that was started for it has the output wait', async () => {
  await using box = new Box();
  const task = await box.start({ argv: shell, attach: [outputs] });
  await untilBlocked(task);
  assert.equal(demultiplex(await readAll(first(task))).stdout, `${muchText}done\n`);
});

test('the clients of a container and of its exec each hold up their own process only', async () => {
  await using box = new Box();
  const script = `read line; ${much}; read line`;
  const everything = { ...outputs, stdin: true };
  const task = await box.start({ argv: ['/bin/sh', '-c', script], openStdin: true, attach: [everything] });
  const exec = await box.exec(task, shell);
  const ours = first(task);
  ours.write('go\n');
  await Promise.all([untilBlocked(task), untilBlocked(exec)]);
  assert.ok(exec.socket);
  assert.equal(demultiplex(await readAll(exec.socket)).stdout, `${muchText}done\n`);
  assert.equal((await exec.exited).code, 0);
  ours.write('on\n');
  assert.equal(demultiplex(await readAll(ours)).stdout, muchText);
});

test('a process that is killed while its client stands still: what it wrote is in the log and comes to the client', async () => {
  // A client is let go when it stands still for two seconds: on a machine that was so slow, it is tried again.
  let found = await killBeforeSlowClient();
  for (let tries = 1; tries < 4 && found.tookMs > 1500; tries++) found = await killBeforeSlowClient();
  assert.ok(found.received >= found.written, `${found.received} of ${found.written}`);
  assert.equal(found.logged, found.received);
});

async function killBeforeSlowClient() {
  await using box = new Box();
  const began = performance.now();
  const task = await box.start({ argv: shell, attach: [outputs] });
  const written = writtenBytes(await untilBlocked(task));
  await task.kill(constants.signals.SIGKILL);
  await task.exited;
  const { stdout } = demultiplex(await readAll(first(task)));
  const logged = box.logged().reduce((sum, { log }) => sum + log.length, 0);
  return { written, received: stdout.length, logged, tookMs: performance.now() - began };
}

test('what a process wrote at last is kept for a client that comes to it late', async () => {
  await using box = new Box();
  const task = await box.start({
    argv: ['/bin/sh', '-c', 'busybox yes | busybox head -c 1500000'],
    attach: [outputs],
  });
  assert.equal((await task.exited).code, 0);
  assert.equal(demultiplex(await readAll(first(task))).stdout.length, 1_500_000);
});

function first({ attached: [socket] }: Task): Socket {
  assert.ok(socket);
  return socket;
}

/** What is left to read of a connection that the shim has ended. */
async function rest(socket: Socket | undefined): Promise<number> {
  assert.ok(socket);
  return (await readAll(socket)).length;
}

/** Waits until a child of the process sleeps in a write to its pipe. @returns its pid */
async function untilBlocked({ pid }: Pick<Task, 'pid'>): Promise<string> {
  const children = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const waits = (child: string) => readFileSync(`/proc/${child}/wchan`, 'utf8').includes('pipe_write');
  for (;;) {
    const blocked = children().filter(waits);
    if (blocked.length === 2) return blocked[1] ?? '';
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What a process has written in all by calls that have returned. */
function writtenBytes(pid: string): number {
  return Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
}
