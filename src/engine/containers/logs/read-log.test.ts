import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { parseTimestamp } from '#base';
import type { LogOptions } from '../types.ts';
import { type LogGrowth, readLog } from './read-log.ts';

let folder: string;
let path: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'wt-logs-'));
  path = join(folder, 'x-json.log');
});
after(() => rmSync(folder, { recursive: true }));

const second = (number: number) => `2026-01-01T00:00:${String(number).padStart(2, '0')}Z`;
const line = (number: number, stream = 'stdout') =>
  `${JSON.stringify({ log: `line ${number}\n`, stream, time: second(number) })}\n`;

async function read(options: Partial<LogOptions>, growth?: LogGrowth): Promise<string[]> {
  const both = { stdout: true, stderr: true, ...options };
  const lines: string[] = [];
  for await (const batch of readLog(path, both, growth, new AbortController().signal)) {
    lines.push(...batch.map((entry) => entry.line.trim()));
  }
  return lines;
}

test('readLog() reads all, the last lines, or one stream', async () => {
  writeFileSync(path, [1, 2, 3].map((number) => line(number, number === 2 ? 'stderr' : 'stdout')).join(''));
  assert.deepEqual(await read({}), ['line 1', 'line 2', 'line 3']);
  assert.deepEqual(await read({ tail: 2 }), ['line 2', 'line 3']);
  assert.deepEqual(await read({ tail: 0 }), []);
  assert.deepEqual(await read({ tail: 9 }), ['line 1', 'line 2', 'line 3']);
  assert.deepEqual(await read({ stderr: false }), ['line 1', 'line 3']);
});

test('readLog() picks by time', async () => {
  writeFileSync(path, [1, 2, 3, 4].map((number) => line(number)).join(''));
  const between = { sinceNs: parseTimestamp(second(2)), untilNs: parseTimestamp(second(3)) };
  assert.deepEqual(await read(between), ['line 2', 'line 3']);
});

test('readLog() finds the tail of a log of many blocks', async () => {
  writeFileSync(path, Array.from({ length: 9000 }, (_, index) => line(index % 60)).join(''));
  assert.equal((await read({ tail: 5000 })).length, 5000);
  assert.equal((await read({})).length, 9000);
});

test('readLog() goes on as the log grows, also in the middle of a line, until the end', async () => {
  writeFileSync(path, line(1));
  const rest = [line(2).slice(0, 20), line(2).slice(20), line(3)];
  const growth: LogGrowth = {
    async next() {
      const piece = rest.shift();
      if (piece !== undefined) appendFileSync(path, piece);
      return piece !== undefined;
    },
    [Symbol.dispose]() {},
  };
  assert.deepEqual(await read({}, growth), ['line 1', 'line 2', 'line 3']);
});

test('readLog() passes over a line that was cut, and a log that is not there', async () => {
  writeFileSync(path, `${line(1)}{"log":"hal\n${line(2)}`);
  assert.deepEqual(await read({}), ['line 1', 'line 2']);
  rmSync(path);
  assert.deepEqual(await read({}), []);
});
