import assert from 'node:assert/strict';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { silentLog } from '#base';
import { LogFiles } from '../files/log-files.ts';
import { Sender } from './sender.ts';
import { Shipper } from './shipper.ts';
import type { Destination } from './types.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wt-ship-'));
  path = join(folder, 'log');
});
afterEach(() => rmSync(folder, { recursive: true }));

const startMs = Date.parse('2026-01-01T00:00:00Z');
const lines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => {
    const time = new Date(startMs + (first + index) * 1000).toISOString();
    return `${JSON.stringify({ log: `${first + index}\n`, stream: 'stdout', time })}\n`;
  }).join('');
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

/** A receiver whose connections fail when it says so. */
class Receiver {
  readonly got: number[] = [];
  connections = 0;
  fails: () => boolean = () => false;
  #waiting: (() => void)[] = [];

  async connect(): Promise<Destination> {
    this.connections++;
    if (this.fails()) throw new Error('refused');
    return {
      send: async (batch) => {
        if (this.fails()) throw new Error('broken');
        this.got.push(...batch.map(({ text }) => Number(text)));
        for (const wake of this.#waiting.splice(0)) wake();
      },
      async [Symbol.asyncDispose]() {},
    };
  }

  async has(last: number): Promise<void> {
    while (this.got.at(-1) !== last) await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

function begin(receiver: Receiver) {
  const stop = new AbortController();
  const sender = new Sender({
    connect: () => receiver.connect(),
    log: silentLog,
    containerId: 'c',
  });
  const cursorPath = join(folder, 'shipped.json');
  const shipper = new Shipper({ files: new LogFiles(), path, cursorPath, sender });
  const done = shipper.run(stop.signal);
  done.catch(() => undefined);
  return { shipper, done, stop };
}

test('Shipper sends what there is, what comes, over rotations, and ends with the container', async () => {
  writeFileSync(`${path}.1.gz`, gzipSync(lines(1, 5)));
  writeFileSync(path, lines(6, 10));
  const receiver = new Receiver();
  const { shipper, done } = begin(receiver);
  shipper.tell(true);
  await receiver.has(10);
  renameSync(path, `${path}.1`);
  writeFileSync(path, lines(11, 15));
  shipper.tell(true);
  await receiver.has(15);
  appendFileSync(path, lines(16, 16));
  shipper.tell(false);
  await done;
  assert.deepEqual(receiver.got, numbers(1, 16));
});

test('Shipper goes on where an earlier one has stopped', async () => {
  writeFileSync(path, lines(1, 10));
  const receiver = new Receiver();
  await begin(receiver).done;
  appendFileSync(path, lines(11, 20));
  await begin(receiver).done;
  await begin(receiver).done;
  assert.deepEqual(receiver.got, numbers(1, 20));
});

test('Shipper goes on also when its file was packed, dropped or replaced meanwhile', async () => {
  const receiver = new Receiver();
  const send = async (change: () => void) => {
    change();
    await begin(receiver).done;
  };
  await send(() => writeFileSync(path, lines(1, 10)));
  await send(() => {
    writeFileSync(`${path}.1.gz`, gzipSync(lines(1, 12)));
    rmSync(path);
    writeFileSync(path, lines(13, 20));
  });
  await send(() => {
    rmSync(`${path}.1.gz`);
    writeFileSync(`${path}.1`, lines(25, 30));
    rmSync(path);
    writeFileSync(path, lines(31, 40));
  });
  // The same inode, perhaps, but another content.
  await send(() => writeFileSync(path, lines(41, 99)));
  assert.deepEqual(receiver.got, [...numbers(1, 20), ...numbers(25, 40), ...numbers(41, 99)]);
});

test('Shipper loses nothing while the receiver is away, and tells what it sent at once', async () => {
  writeFileSync(path, lines(1, 5));
  const receiver = new Receiver();
  receiver.fails = () => receiver.connections < 3;
  const { shipper, done } = begin(receiver);
  appendFileSync(path, lines(6, 10));
  shipper.tell(false);
  await done;
  assert.deepEqual(receiver.got, numbers(1, 10));
  assert.equal(receiver.connections, 3);
  assert.equal(JSON.parse(readFileSync(join(folder, 'shipped.json'), 'utf8')).time, '2026-01-01T00:00:10Z');
});

test('Shipper gives up when the daemon ends', async () => {
  writeFileSync(path, lines(1, 5));
  const receiver = new Receiver();
  receiver.fails = () => true;
  const { done, stop } = begin(receiver);
  stop.abort(new Error('closing'));
  await assert.rejects(done, /closing/);
  assert.ok(!existsSync(join(folder, 'shipped.json')));
});

test('Shipper sends what it has open of a log that was removed', async () => {
  writeFileSync(path, lines(1, 5));
  const receiver = new Receiver();
  const { shipper, done } = begin(receiver);
  shipper.tell(true);
  await shipper.leave();
  rmSync(path);
  shipper.tell(false);
  await done;
  assert.deepEqual(receiver.got, numbers(1, 5));
});
