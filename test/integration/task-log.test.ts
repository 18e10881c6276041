import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { tryLockFile } from '#linux';
import { Box, readAll, readUntil } from './core-box.ts';

const everything = { stdin: true, stdout: true, stderr: true };
/** Repeats what it is told to do, a line a command, so that a test decides when something is written. */
const shell = { argv: ['/bin/sh'], openStdin: true, stdinOnce: true, attach: [everything] };

test('a full file is rotated between two lines, and the oldest one goes', async () => {
  await using box = new Box();
  const script = 'for i in 0 1 2 3 4 5 6 7 8 9; do echo "line $i of the log"; busybox usleep 1000; done';
  const log = box.logOptions({ maxSize: 250, maxFiles: 3 });
  await (await box.start({ argv: ['/bin/sh', '-c', script], log })).exited;
  assert.deepEqual(namesOf(box), ['box.log', 'box.log.1', 'box.log.2']);
  const kept = ['.2', '.1', ''].flatMap((ending) => box.logged(box.log + ending).map((line) => line.log));
  assert.deepEqual(
    kept,
    [3, 4, 5, 6, 7, 8, 9].map((i) => `line ${i} of the log\n`),
  );
  for (const ending of ['.1', '.2']) assert.ok(statSync(box.log + ending).size >= 250);
});

test('one burst of output fills as many files as it takes', async () => {
  await using box = new Box();
  const script = 'busybox yes 0123456789 | busybox head -n 2000';
  const log = box.logOptions({ maxSize: 10_000, maxFiles: 100 });
  await (await box.start({ argv: ['/bin/sh', '-c', script], log })).exited;
  const files = namesOf(box);
  assert.ok(files.length > 10);
  assert.equal(
    files.reduce((lines, name) => lines + box.logged(join(box.path, name)).length, 0),
    2000,
  );
});

test('compressed files move along with the others, and one file alone starts anew', async () => {
  await using box = new Box();
  writeFileSync(`${box.log}.1.gz`, 'one');
  writeFileSync(`${box.log}.2`, 'two');
  writeFileSync(box.log, 'x'.repeat(100));
  const echo = ['/bin/sh', '-c', 'echo new'];
  await (await box.start({ argv: echo, log: box.logOptions({ maxSize: 100, maxFiles: 3 }) })).exited;
  assert.deepEqual(namesOf(box), ['box.log', 'box.log.1', 'box.log.2.gz']);
  assert.equal(readFileSync(`${box.log}.2.gz`, 'utf8'), 'one');
  await (await box.start({ argv: echo, log: box.logOptions({ maxSize: 1, maxFiles: 1 }) })).exited;
  assert.deepEqual(
    box.logged().map(({ log }) => log),
    ['new\n'],
  );
});

test('a file that is locked is not moved, and is rotated later', async () => {
  await using box = new Box();
  const log = box.logOptions({ maxSize: 1, maxFiles: 2 });
  const task = await box.start({ ...shell, log });
  const socket = first(task.attached);
  await say(socket, 'one');
  const fd = openSync(box.log, 'r');
  assert.ok(tryLockFile(fd));
  await say(socket, 'two');
  await assert.rejects(task.clearLog(), /resource temporarily unavailable/);
  closeSync(fd);
  assert.deepEqual(namesOf(box), ['box.log']);
  await say(socket, 'three');
  assert.deepEqual(
    box.logged(`${box.log}.1`).map((line) => line.log),
    ['one\n', 'two\n'],
  );
  assert.deepEqual(
    box.logged().map((line) => line.log),
    ['three\n'],
  );
});

test('attributes stand in every line', async () => {
  await using box = new Box();
  const attributes = JSON.stringify({ label: 'a"b', tag: 'x'.repeat(1000) });
  await (
    await box.start({ argv: ['/bin/sh', '-c', 'echo a; echo b >&2'], log: box.logOptions({ attributes }) })
  ).exited;
  const lines = box.logged();
  assert.equal(lines.length, 2);
  for (const line of lines) {
    assert.deepEqual(line.attrs, JSON.parse(attributes));
    assert.deepEqual(Object.keys(line), ['log', 'stream', 'attrs', 'time']);
  }
});

test('the local format has sizes around each entry, and tells a line without its end', async () => {
  await using box = new Box();
  const argv = ['/bin/sh', '-c', 'echo out; busybox printf err >&2'];
  await (await box.start({ argv, log: box.logOptions({ format: 'local' }) })).exited;
  const entries = localEntries(readFileSync(box.log)).sort();
  assert.match(entries[0] ?? '', /^0a06737464657272 10[0-9a-f]{18} 1a03657272 20012a00$/);
  assert.match(entries[1] ?? '', /^0a067374646f7574 10[0-9a-f]{18} 1a036f7574 $/);
});

test('clearLog() goes on in an empty file, and takes nothing off the position', async () => {
  await using box = new Box();
  const task = await box.start({ ...shell, log: box.logOptions({ maxSize: 1, maxFiles: 5 }) });
  const socket = first(task.attached);
  for (const word of ['one', 'two', 'three']) await say(socket, word);
  writeFileSync(`${box.log}.3.gz`, '');
  const before = statSync(box.log).ino;
  await task.clearLog();
  assert.deepEqual(namesOf(box), ['box.log']);
  assert.deepEqual([statSync(box.log).size, statSync(box.log).ino === before], [0, false]);
  const position = nextPosition(task, 0n);
  await say(socket, 'four');
  assert.deepEqual(
    box.logged().map((line) => line.log),
    ['four\n'],
  );
  assert.ok((await position) > BigInt(3 * box.logged().length));
});

test('logPosition() waits for as much as it was asked for', async () => {
  await using box = new Box();
  const task = await box.start(shell);
  const socket = first(task.attached);
  const far = nextPosition(task, 200n);
  const near = nextPosition(task, 0n);
  await say(socket, 'one');
  const short = await near;
  assert.ok(short < 200n);
  for (const word of ['two', 'three', 'four']) await say(socket, word);
  assert.ok((await far) > 200n);
});

test('a full disk costs lines, never the container; the log goes on when there is room', async () => {
  await using box = new Box();
  const disk = join(box.path, 'disk');
  mkdirSync(disk);
  run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'wharf-test', disk);
  try {
    const path = join(disk, 'box.log');
    const task = await box.start({
      ...shell,
      log: box.logOptions({ path, maxSize: 1_000_000, maxFiles: 2 }),
    });
    const socket = first(task.attached);
    await say(socket, 'first');
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(40_960));
    socket.write('busybox yes fill | busybox head -n 1000; echo filled\n');
    await readUntil(socket, 'filled');
    rmSync(join(disk, 'ballast'));
    await say(socket, 'last');
    const lines = box.logged(path).map((line) => line.log);
    assert.equal(lines[0], 'first\n');
    assert.equal(lines.at(-1), 'last\n');
    await readAll(socket.end());
    assert.equal((await task.exited).code, 0);
  } finally {
    run('umount', '-l', disk);
  }
});

function first(sockets: readonly Socket[]): Socket {
  const [socket] = sockets;
  assert.ok(socket);
  return socket;
}

/** Has the shell write a line, and waits until it is in the log: the shim logs before it passes on. */
async function say(socket: Socket, word: string): Promise<void> {
  socket.write(`echo ${word}\n`);
  await readUntil(socket, word);
}

function nextPosition(task: Awaited<ReturnType<Box['start']>>, from: bigint): Promise<bigint> {
  return new Promise((resolve) => {
    const watch = task.logPosition((position) => {
      watch[Symbol.dispose]();
      resolve(position);
    }, from);
  });
}

function namesOf(box: Box): string[] {
  return readdirSync(box.path)
    .filter((name) => name.startsWith('box.log'))
    .sort();
}

/** Every entry's fields in hexadecimal, with a blank between them: source, time, line, and the rest. */
function localEntries(bytes: Buffer): string[] {
  const entries: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    const entry = bytes.subarray(at + 4, at + 4 + size);
    assert.equal(bytes.readUInt32BE(at + 4 + size), size);
    const parts = [entry.subarray(0, 8), entry.subarray(8, 18), entry.subarray(18, 23), entry.subarray(23)];
    entries.push(parts.map((part) => part.toString('hex')).join(' '));
    at += size + 8;
  }
  return entries;
}

function run(command: string, ...args: readonly string[]): void {
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}
