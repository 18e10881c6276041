import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parseTimestamp } from '#base';
import type { LogOptions } from '../types.ts';
import { LogFiles } from './files/log-files.ts';
import type { LogGrowth } from './log-growth.ts';
import { type LogRequest, openLog } from './read-log.ts';

const folder = mkdtempSync(join(tmpdir(), 'wt-logs-'));
let path = '';
let count = 0;
beforeEach(() => {
  path = join(folder, `${++count}-json.log`);
});
after(() => rmSync(folder, { recursive: true }));

const startMs = Date.parse('2026-01-01T00:00:00Z');
const second = (number: number) => new Date(startMs + number * 1000).toISOString();
const line = (number: number, stream = 'stdout') =>
  `${JSON.stringify({ log: `line ${number}\n`, stream, time: second(number) })}\n`;
const lines = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => line(first + index)).join('');
const numbers = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => first + index);

function request(options: Partial<LogOptions>): LogRequest {
  const streams = { stdout: true, stderr: true };
  return { path, format: 'json-file', framed: false, prefix: '', options: { ...streams, ...options } };
}

async function text(options: Partial<LogOptions>, growth?: Growing): Promise<string> {
  const chunks: Uint8Array[] = [];
  const { signal } = new AbortController();
  for await (const chunk of await openLog(new LogFiles(), request(options), () => growth, signal)) {
    chunks.push(chunk);
    growth?.noteRead(Buffer.concat(chunks).toString().split('\n').length - 1);
  }
  return Buffer.concat(chunks).toString();
}

async function read(options: Partial<LogOptions> = {}, growth?: Growing): Promise<number[]> {
  return [...(await text(options, growth)).matchAll(/^line (\d+)$/gm)].map(([, number]) => Number(number));
}

/** A log that grows in steps, each taken when so many lines have been read. */
class Growing implements LogGrowth {
  readonly #steps: (readonly [number, () => void])[];
  #read = 0;
  #wake: () => void = () => undefined;

  constructor(...steps: (readonly [number, () => void])[]) {
    this.#steps = steps;
  }

  noteRead(lines: number): void {
    this.#read = lines;
    this.#wake();
  }

  async next(): Promise<boolean> {
    const step = this.#steps.shift();
    if (step === undefined) return false;
    const [after, run] = step;
    while (this.#read < after) await new Promise<void>((resolve) => (this.#wake = resolve));
    run();
    return true;
  }

  [Symbol.dispose](): void {}
}

/** As a shim rotates. */
function rotate(fresh: string, keep = 5): void {
  for (let number = keep - 1; number > 0; number--) {
    for (const end of ['', '.gz']) {
      const from = number === 1 ? path : `${path}.${number - 1}${end}`;
      if (number === 1 && end === '.gz') continue;
      try {
        renameSync(from, `${path}.${number}${end}`);
      } catch {
        // There are not so many yet.
      }
    }
  }
  writeFileSync(path, fresh);
}

test('openLog() reads all, the last lines, or one stream', async () => {
  writeFileSync(path, line(1) + line(2, 'stderr') + line(3));
  assert.deepEqual(await read(), [1, 2, 3]);
  assert.deepEqual(await read({ tail: 2 }), [2, 3]);
  assert.deepEqual(await read({ tail: 0 }), []);
  assert.deepEqual(await read({ tail: 9 }), [1, 2, 3]);
  assert.deepEqual(await read({ stderr: false }), [1, 3]);
  assert.deepEqual(await read({ stderr: false, tail: 2 }), [3]);
});

test('openLog() picks by time, after the tail', async () => {
  writeFileSync(path, lines(1, 6));
  const between = { sinceNs: parseTimestamp(second(2)), untilNs: parseTimestamp(second(4)) };
  assert.deepEqual(await read(between), [2, 3, 4]);
  assert.deepEqual(await read({ ...between, tail: 3 }), [4]);
});

test('openLog() finds places in logs of many blocks, whatever the file', async () => {
  const total = 60_000;
  rotate(lines(1, 20_000));
  rotate(lines(20_001, 40_000));
  rotate(lines(40_001, total));
  const check = async () => {
    assert.equal((await read()).length, total);
    for (const tail of [1, 15_000, 20_000, 20_001, 39_999, 50_000, 70_000]) {
      assert.deepEqual(await read({ tail }), numbers(Math.max(1, total - tail + 1), total));
    }
    for (const since of [0, 1, 12_345, 20_000, 39_990, 59_999, 60_001]) {
      const sinceNs = parseTimestamp(second(since));
      assert.deepEqual(await read({ sinceNs }), numbers(Math.max(1, since), total));
    }
  };
  await check();
  for (const number of [1, 2]) {
    writeFileSync(`${path}.${number}.gz`, gzipSync(readFileSync(`${path}.${number}`)));
    rmSync(`${path}.${number}`);
  }
  await check();
});

test('openLog() reads a line of any length up to a megabyte, and passes over longer ones', async () => {
  const long = '\u0001'.repeat(1 << 20);
  const entry = (log: string) => `${JSON.stringify({ log, stream: 'stdout', time: second(2) })}\n`;
  writeFileSync(path, line(1) + entry(`${long}\n`) + line(3));
  assert.equal(await text({}), `line 1\n${long}\nline 3\n`);
  assert.equal(await text({ tail: 2 }), `${long}\nline 3\n`);
  writeFileSync(path, line(1) + entry(long.repeat(2)) + line(3));
  assert.deepEqual(await read(), [1, 3]);
  assert.deepEqual(await read({ tail: 1 }), [3]);
});

test('openLog() passes over what is damaged, and a log that is not there', async () => {
  writeFileSync(path, `${line(1)}{"log":"hal${line(2)}\0\0\0\n{}\n${line(3)}{"log":"cut`);
  assert.deepEqual(await read(), [1, 2, 3]);
  writeFileSync(`${path}.1.gz`, gzipSync(lines(1, 9)).subarray(0, 30));
  assert.deepEqual(await read(), [1, 2, 3]);
  rmSync(path);
  rmSync(`${path}.1.gz`);
  assert.deepEqual(await read(), []);
});

test('openLog() finds lines by time also where the clock was set back a little', async () => {
  const times = numbers(1, 5000).map((number) => (number > 2500 ? number - 5 : number));
  writeFileSync(path, times.map((number) => line(number)).join(''));
  const found = await read({ sinceNs: parseTimestamp(second(2490)) });
  assert.deepEqual(
    found,
    times.filter((number) => number >= 2490),
  );
});

test('openLog() has a log that is removed before it is read', async () => {
  writeFileSync(path, lines(1, 3));
  const log = await openLog(new LogFiles(), request({}), () => undefined, new AbortController().signal);
  rmSync(path);
  assert.equal(Buffer.concat(await Array.fromAsync(log)).toString(), 'line 1\nline 2\nline 3\n');
});

test('openLog() goes on as the log grows, also in the middle of a line, until the end', async () => {
  writeFileSync(path, line(1));
  const [head, tail] = [line(2).slice(0, 20), line(2).slice(20)];
  const growth = new Growing(
    [1, () => appendFileSync(path, head)],
    [1, () => appendFileSync(path, tail)],
    [2, () => appendFileSync(path, line(3))],
  );
  assert.deepEqual(await read({ follow: true }, growth), [1, 2, 3]);
});

test('openLog() follows a log that begins later', async () => {
  const growth = new Growing([0, () => writeFileSync(path, line(1))]);
  assert.deepEqual(await read({ follow: true }, growth), [1]);
});

test('openLog() follows over rotations without losing or repeating a line', async () => {
  writeFileSync(path, lines(1, 10));
  const once = () => {
    appendFileSync(path, lines(11, 20));
    rotate(lines(21, 30));
  };
  const thrice = () => {
    rotate(lines(31, 40));
    rotate(lines(41, 50));
    rotate(lines(51, 60));
  };
  const packed = () => {
    rotate(lines(61, 70));
    rotate(lines(71, 80));
    writeFileSync(`${path}.1.gz`, gzipSync(readFileSync(`${path}.1`)));
    rmSync(`${path}.1`);
  };
  const more = () => appendFileSync(path, lines(81, 90));
  const growth = new Growing([10, once], [30, thrice], [60, packed], [80, more]);
  assert.deepEqual(await read({ follow: true }, growth), numbers(1, 90));
});

test('openLog() reads what a writer that was faster than it has left', async () => {
  writeFileSync(path, lines(1, 10));
  const rotateOften = () => {
    for (let first = 11; first < 100; first += 10) rotate(lines(first, first + 9), 3);
  };
  const growth = new Growing([10, rotateOften]);
  assert.deepEqual(await read({ follow: true }, growth), [...numbers(1, 10), ...numbers(71, 100)]);
});

test('openLog() begins anew when someone empties the file, or removes it', async () => {
  writeFileSync(path, lines(1, 9));
  const empty = () => {
    truncateSync(path);
    appendFileSync(path, line(10));
  };
  const replace = () => {
    rmSync(path);
    writeFileSync(path, line(11));
  };
  const growth = new Growing([9, empty], [10, replace]);
  assert.deepEqual(await read({ follow: true }, growth), [...numbers(1, 9), 10, 11]);
});
