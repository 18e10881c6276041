import assert from 'node:assert/strict';
import { test } from 'node:test';
import { initialState, type LifecycleEvent, next } from './state.ts';

const after = (...events: LifecycleEvent[]) => events.reduce(next, next(initialState, { type: 'created' }));
const starting: LifecycleEvent = { type: 'starting' };
const started: LifecycleEvent = { type: 'started', pid: 42, timeNs: 10n };
const exited: LifecycleEvent = { type: 'exited', exitCode: 3, timeNs: 20n, oomKilled: false };

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

test('next() keeps the time of the last exit while a container runs again', () => {
  const again = after(starting, started, exited, starting, started);
  assert.deepEqual([again.status, again.run.finishedNs, again.run.exitCode], ['running', 20n, 0]);
});

test('next() leaves a container created when its first start fails', () => {
  const failed = after(starting, { type: 'startFailed', exitCode: 127, error: 'not found' });
  assert.deepEqual([failed.status, failed.run.exitCode, failed.run.error], ['created', 127, 'not found']);
  const later = after(starting, started, exited, starting, {
    type: 'startFailed',
    exitCode: 126,
    error: 'no',
  });
  assert.deepEqual([later.status, later.run.exitCode, later.run.finishedNs], ['exited', 126, 20n]);
});

test('next() undoes a half-made start without a trace', () => {
  assert.deepEqual(after(starting, { type: 'startUndone' }), after());
});

test('next() keeps the pid through pause and resume', () => {
  const paused = after(starting, started, { type: 'paused' });
  assert.deepEqual([paused.status, 'pid' in paused && paused.pid], ['paused', 42]);
  assert.deepEqual(next(paused, { type: 'resumed' }), after(starting, started));
  assert.equal(next(paused, exited).status, 'exited');
});

test('next() refuses what can not happen', () => {
  assert.throws(() => after(started), /created can't be started/);
  assert.throws(() => after(starting, started, starting), /running can't be starting/);
  assert.throws(() => after(starting, started, { type: 'removing' }), /running can't be removing/);
  assert.throws(() => after(starting, started, exited, { type: 'paused' }), /exited can't be paused/);
});

test('next() ends a container whose start was never recorded', () => {
  assert.equal(after(starting, exited).run.startedNs, 20n);
});

test('next() lets a half-made container only be finished or removed', () => {
  assert.throws(() => next(initialState, starting), /creating can't be starting/);
  assert.equal(next(initialState, { type: 'removing' }).status, 'removing');
});
