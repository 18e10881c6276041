import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neverRan } from '../state.ts';
import { statusText } from './status-text.ts';

const second = 1_000_000_000n;

test('statusText() tells what docker ps shows', () => {
  const run = { ...neverRan, startedNs: 100n * second, finishedNs: 110n * second, exitCode: 3 };
  const now = 120n * second;
  assert.equal(statusText({ status: 'running', pid: 1, run }, now), 'Up 20 seconds');
  assert.equal(statusText({ status: 'paused', pid: 1, run }, now), 'Up 20 seconds (Paused)');
  assert.equal(statusText({ status: 'exited', run }, now), 'Exited (3) 10 seconds ago');
  assert.equal(statusText({ status: 'starting', run: neverRan }, now), 'Created');
});
