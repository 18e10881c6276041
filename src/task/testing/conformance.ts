import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import type { Task, Tasks } from '../types.ts';

/** What the suite runs tasks on; `start` makes one that prints `ready\n` and then waits for a signal. */
export interface TasksHarness extends AsyncDisposable {
  readonly tasks: Tasks;
  startWaiting(id: string): Promise<Task>;
  startWithClient(id: string): Promise<Task>;
}

/** What callers may rely on from any Tasks: the real ones and the fake both pass it. */
export function tasksConformance(name: string, open: () => TasksHarness): void {
  test(`${name}: kill() ends a task and exited tells how`, async () => {
    await using harness = open();
    const task = await harness.startWaiting('one');
    await task.kill(9);
    const status = await task.exited;
    assert.deepEqual([status.code, status.signal], [137, 9]);
    assert.ok(status.timeNs > 0n);
  });

  test(`${name}: attached clients see the first byte and end with the task`, async () => {
    await using harness = open();
    const task = await harness.startWithClient('one');
    const [socket] = task.attached;
    assert.ok(socket);
    const seen = collect(socket);
    await firstData(socket);
    await task.kill(9);
    assert.equal((await seen).subarray(8).toString(), 'ready\n');
  });

  test(`${name}: connect() gives a live task, then how it ended`, async () => {
    await using harness = open();
    const task = await harness.startWaiting('one');
    const found = await harness.tasks.connect('one');
    assert.ok(found !== undefined && 'pid' in found);
    assert.equal(found.pid, task.pid);
    await task.kill(15).then(() => task.kill(9).catch(() => undefined));
    await task.exited;
    const status = await harness.tasks.connect('one');
    assert.ok(status !== undefined && 'code' in status);
    assert.equal(await harness.tasks.connect('other'), undefined);
    found.close();
  });

  test(`${name}: an ended task refuses requests as a conflict`, async () => {
    await using harness = open();
    const task = await harness.startWaiting('one');
    await task.kill(9);
    await task.exited;
    await assert.rejects(task.kill(9), { kind: 'conflict' });
    await assert.rejects(task.attach({ stdin: false, stdout: true, stderr: true }), { kind: 'conflict' });
  });

  test(`${name}: an aborted signal starts nothing`, async () => {
    await using harness = open();
    const spec = { id: 'one', dir: '/nonexistent', plan: new Uint8Array(), terminal: false };
    const started = harness.tasks.start(
      { ...spec, openStdin: false, stdinOnce: false, log: undefined },
      AbortSignal.abort(),
    );
    await assert.rejects(started, { name: 'AbortError' });
    assert.equal(await harness.tasks.connect('one'), undefined);
  });
}

function firstData(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('data', () => resolve()));
}

function collect(socket: Socket): Promise<Buffer> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    socket
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('close', () => resolve(Buffer.concat(chunks)));
    socket.resume();
  });
}
