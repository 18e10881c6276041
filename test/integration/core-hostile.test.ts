import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { encodePlan } from '#runtime';
import type { Task } from '#task';
import { Box } from './core-box.ts';

const FIRST_REQUEST = 16;
const LAST_REQUEST = 32;
const HEADER_SIZE = 8;

test('a shim outlives requests that nobody should send', { timeout: 120_000 }, async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/sh', '-c', 'read line; exit 5'], openStdin: true });
  const random = randomNumbers(1);
  const path = join(box.stateDir(), 'shim.sock');
  for (let round = 0; round < 3000; round++) await send(path, hostileRequest(random));
  assert.deepEqual(await task.execs(), []);
  await answersAsBefore(box, task);
});

test('a shim outlives plans that are no plans', { timeout: 120_000 }, async () => {
  await using box = new Box();
  const task = await box.start({ argv: ['/bin/sh', '-c', 'read line; exit 5'], openStdin: true });
  const random = randomNumbers(2);
  const plan = encodePlan({
    cloneFlags: 0n,
    before: [],
    after: [],
    init: [
      { op: 'wait' },
      { op: 'root', path: '/' },
      { op: 'umask', mode: 0 },
      { op: 'exec', argv: ['/nosuch'], env: [] },
    ],
  });
  for (let round = 0; round < 300; round++) {
    const options = { plan: damaged(plan, random), detached: round % 2 === 0 };
    await box.exec(task, [], options).catch(() => undefined);
  }
  await answersAsBefore(box, task);
});

/** The container is there, can be talked to, and its shim holds nothing that it did not hold before. */
async function answersAsBefore(box: Box, task: Task): Promise<void> {
  const shim = readFileSync(join(box.stateDir(), 'shim.pid'), 'utf8').trim();
  const exec = await box.exec(task, ['/bin/busybox', 'true'], { id: 'last', detached: true });
  assert.equal((await exec.exited).code, 0);
  const descriptors = () => readdirSync(`/proc/${shim}/fd`).length;
  while (descriptors() > 16) await new Promise((resolve) => setImmediate(resolve));
  const { socket } = await task.attach({ stdin: true, stdout: true, stderr: true });
  socket.write('\n');
  assert.equal((await task.exited).code, 5);
  socket.destroy();
}

/** A frame of any type whose payload and whose size are wrong in one way or another; never a signal to the container. */
function hostileRequest(random: () => number): Buffer {
  const pick = (count: number) => Math.floor(random() * count);
  const type = FIRST_REQUEST + pick(LAST_REQUEST - FIRST_REQUEST);
  const payload = Buffer.from(Array.from({ length: pick(80) }, () => (random() < 0.5 ? pick(4) : pick(256))));
  // Texts that end well before or behind the payload.
  if (payload.length > 16)
    payload.writeUInt32LE(pick(2) === 0 ? pick(payload.length) : 0xffff_fff0 + pick(16), 4 * pick(4));
  // An exec's id that there is not: the container is named by an empty one.
  const body = type === 21 || type === 22 ? Buffer.concat([payload.subarray(0, 8), text('nobody')]) : payload;
  const header = Buffer.from([type, 0, 0, 0, 0, 0, 0, 0]);
  header.writeUInt32BE(random() < 0.9 ? body.length : pick(2 ** 32), 4);
  return Buffer.concat([header, body]).subarray(
    0,
    random() < 0.9 ? undefined : pick(HEADER_SIZE + body.length),
  );
}

function text(value: string): Buffer {
  const bytes = Buffer.alloc(4 + ((value.length + 4) & ~3));
  bytes.writeUInt32LE(value.length);
  bytes.write(value, 4);
  return bytes;
}

/** The plan with a few numbers changed; its texts stay, so that nothing outside of the container is named. */
function damaged(plan: Uint8Array, random: () => number): Uint8Array {
  const bytes = Buffer.from(plan);
  const numbers = Math.ceil(random() * 3);
  for (let i = 0; i < numbers; i++) {
    const at = 4 * Math.floor((random() * bytes.length) / 4);
    const isText = bytes.subarray(at, at + 4).some((byte) => byte >= 0x2f);
    if (!isText)
      bytes.writeUInt32LE(random() < 0.7 ? Math.floor(random() * 80) : Math.floor(random() * 2 ** 32), at);
  }
  return random() < 0.9 ? bytes : bytes.subarray(0, Math.floor(random() * bytes.length));
}

/** Sends it on a connection of its own; resolves when there is an answer, or none is to come. */
function send(path: string, request: Buffer): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const done = (): void => {
      socket.destroy();
      resolve();
    };
    socket.on('data', done).on('end', done).on('error', done);
    socket.end(request);
  });
}

/** The same numbers in [0, 1) for the same seed (mulberry32). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
