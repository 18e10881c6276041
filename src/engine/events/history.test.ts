import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { nowNs } from '#base';
import { EventHistory, type HistoryLimits } from './history.ts';
import type { EngineEvent } from './types.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wt-history-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dayNs = 86_400_000_000_000n;
const event = (id: string, timeNs = nowNs()): EngineEvent => ({
  type: 'volume',
  action: 'create',
  id,
  attributes: { driver: 'local' },
  timeNs,
});

function open(limits?: HistoryLimits): EventHistory {
  const onError = (error: unknown) => {
    throw error;
  };
  return new EventHistory({ folder, onError, ...(limits && { limits }) });
}

async function idsOf(history: EventHistory, sinceNs = 0n): Promise<string[]> {
  const batches = await Array.fromAsync(history.replay(sinceNs));
  return batches.flat().map(({ id }) => id);
}

test('replay() gives back what was added, also by an earlier holder of the folder', async () => {
  const first = event('a');
  {
    using history = open();
    history.add(first);
    history.add(event('b'));
  }
  using history = open();
  history.add(event('c'));
  assert.deepEqual((await Array.fromAsync(history.replay(0n))).flat()[0], first);
  assert.deepEqual(await idsOf(history), ['a', 'b', 'c']);
  assert.deepEqual(await idsOf(history, first.timeNs + 1n), ['b', 'c']);
  assert.equal(readdirSync(folder).length, 1);
});

test('replay() ends with what was there when it was called', async () => {
  using history = open();
  history.add(event('a'));
  const replay = history.replay(0n);
  history.add(event('b'));
  history.flush();
  assert.deepEqual((await Array.fromAsync(replay)).flat().length, 1);
});

test('a line that was torn by a power cut costs no other', async () => {
  {
    using history = open();
    history.add(event('a'));
  }
  appendFileSync(join(folder, readdirSync(folder)[0] ?? ''), '1795331132162681022 {"type":"vol');
  using history = open();
  history.add(event('b'));
  assert.deepEqual(await idsOf(history), ['a', 'b']);
});

test('the history is bounded: the oldest segments go, by number and by age', async () => {
  const limits = { segmentBytes: 1, segments: 3, ageNs: 30n * dayNs };
  {
    using history = open(limits);
    for (const id of ['a', 'b', 'c', 'd', 'e']) {
      history.add(event(id));
      history.flush();
    }
    assert.deepEqual(await idsOf(history), ['c', 'd', 'e']);
  }
  rmSync(folder, { recursive: true });
  using history = open(limits);
  for (const [id, daysAgo] of [
    ['old', 40n],
    ['edge', 35n],
    ['new', 1n],
  ] as const) {
    history.add(event(id, nowNs() - daysAgo * dayNs));
    history.flush();
  }
  // The second segment's end is not known to be too old.
  assert.deepEqual(await idsOf(history), ['edge', 'new']);
});

test('add() writes nothing by itself, and a failed write is told and forgotten', () => {
  const errors: unknown[] = [];
  using history = new EventHistory({ folder, onError: (error) => errors.push(error) });
  history.add(event('a'));
  assert.deepEqual(readdirSync(folder), []);
  rmSync(folder, { recursive: true });
  history.flush();
  assert.equal(errors.length, 1);
  history.flush();
  assert.equal(errors.length, 1);
});

test('what is no event in a segment is passed over', async () => {
  {
    using history = open();
    history.add(event('a'));
  }
  const [name = ''] = readdirSync(folder);
  appendFileSync(join(folder, name), 'x\n12 null\n12 {}\n99999999999999999999999 {"type":"a"}\n\n');
  using history = open();
  assert.deepEqual(await idsOf(history), ['a']);
  assert.match(readFileSync(join(folder, name), 'utf8'), /^\d+ \{/);
});
