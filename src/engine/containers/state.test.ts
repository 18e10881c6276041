import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { canHappen, initialState, type LifecycleEvent, lifecycle, neverRan, next } from './state.ts';
import type { ContainerState, ContainerStatus } from './types.ts';

const end = { exitCode: 3, timeNs: 20n, oomKilled: false };
const starting: LifecycleEvent = { type: 'starting' };
const started: LifecycleEvent = { type: 'started', pid: 42, timeNs: 10n };
const exited: LifecycleEvent = { type: 'exited', ...end };
const restarting: LifecycleEvent = { type: 'restarting', ...end };
const startFailed: LifecycleEvent = { type: 'startFailed', exitCode: 127, error: 'not found' };
const events: readonly LifecycleEvent[] = [
  { type: 'created' },
  starting,
  started,
  startFailed,
  { type: 'startUndone' },
  { type: 'paused' },
  { type: 'resumed' },
  exited,
  restarting,
  { type: 'restartCancelled' },
  { type: 'removing' },
  { type: 'removeFailed', error: 'busy' },
];
const after = (...happened: LifecycleEvent[]) =>
  happened.reduce(next, next(initialState, { type: 'created' }));

/** A state of a container that has run before. */
function stateOf(status: ContainerStatus): ContainerState {
  const run = { ...neverRan, startedNs: 1n, finishedNs: 2n };
  return status === 'running' || status === 'paused' ? { status, run, pid: 7 } : { status, run };
}

/** The table of docs/lifecycle.md: by state and event where it leads, undefined where it is refused. */
function documentedTable(): Map<string, string | undefined> {
  const page = readFileSync(new URL('../../../docs/lifecycle.md', import.meta.url), 'utf8');
  const section = page.slice(page.indexOf('## States'), page.indexOf('## Restarts'));
  const [head = [], , ...rows] = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.split('|').map((cell) => cell.replaceAll('`', '').trim()));
  const cells = rows.flatMap(([, state, ...targets]) =>
    targets
      .slice(0, -1)
      .map((target, index) => [`${state} ${head[index + 2]}`, target || undefined] as const),
  );
  return new Map(cells);
}

test('next() keeps why nobody saw a run end', () => {
  const lost = after(starting, started, { ...end, type: 'exited', error: 'lost' });
  assert.equal(lost.run.error, 'lost');
  assert.equal(next(next(lost, starting), started).run.error, '');
});

test('next() does in every state with every event what docs/lifecycle.md says', () => {
  const documented = documentedTable();
  const statuses = Object.keys(lifecycle) as ContainerStatus[];
  for (const status of statuses) {
    for (const event of events) {
      const pair = `${status} ${event.type}`;
      assert.ok(documented.has(pair), `${pair} is in the table`);
      const target = documented.get(pair)?.replace('created or exited', 'exited');
      assert.equal(canHappen(stateOf(status), event.type), target !== undefined, pair);
      if (target !== undefined) assert.equal(next(stateOf(status), event).status, target, pair);
      else assert.throws(() => next(stateOf(status), event), /can't be/, pair);
    }
  }
  assert.equal(documented.size, statuses.length * events.length);
});

test('next() runs a container from created to exited', () => {
  assert.deepEqual(after(starting, started), {
    status: 'running',
    pid: 42,
    run: { startedNs: 10n, finishedNs: 0n, exitCode: 0, oomKilled: false, error: '' },
  });
  assert.deepEqual(after(starting, started, exited), {
    status: 'exited',
    run: { startedNs: 10n, finishedNs: 20n, exitCode: 3, oomKilled: false, error: '' },
  });
});

test('next() keeps the end of the last run while a container waits, and its time while it runs again', () => {
  const waiting = after(starting, started, restarting);
  assert.deepEqual([waiting.status, waiting.run.exitCode, waiting.run.finishedNs], ['restarting', 3, 20n]);
  const again = next(next(waiting, starting), started);
  assert.deepEqual([again.status, again.run.finishedNs, again.run.exitCode], ['running', 20n, 0]);
  assert.deepEqual(next(waiting, { type: 'restartCancelled' }), after(starting, started, exited));
});

test('next() leaves a container created when its first start fails', () => {
  const failed = after(starting, startFailed);
  assert.deepEqual([failed.status, failed.run.exitCode, failed.run.error], ['created', 127, 'not found']);
  const later = after(starting, started, exited, starting, startFailed);
  assert.deepEqual([later.status, later.run.exitCode, later.run.finishedNs], ['exited', 127, 20n]);
});

test('next() undoes a half-made start without a trace', () => {
  assert.deepEqual(after(starting, { type: 'startUndone' }), after());
});

test('next() keeps the pid through pause and resume', () => {
  const paused = after(starting, started, { type: 'paused' });
  assert.deepEqual([paused.status, 'pid' in paused && paused.pid], ['paused', 42]);
  assert.deepEqual(next(paused, { type: 'resumed' }), after(starting, started));
});

test('next() ends a container whose start was never recorded', () => {
  assert.equal(after(starting, exited).run.startedNs, 20n);
});
