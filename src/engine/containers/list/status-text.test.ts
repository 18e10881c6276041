import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neverRan } from '../state.ts';
import { humanDuration, statusText } from './status-text.ts';

const second = 1_000_000_000n;

test("humanDuration() counts in the words of Docker's clients", () => {
  const expected: [number, string][] = [
    [0, 'Less than a second'],
    [1, '1 second'],
    [59, '59 seconds'],
    [60, 'About a minute'],
    [150, '2 minutes'],
    [3600, 'About an hour'],
    [7200, '2 hours'],
    [3 * 86_400, '3 days'],
    [15 * 86_400, '2 weeks'],
    [70 * 86_400, '2 months'],
    [800 * 86_400, '2 years'],
  ];
  for (const [seconds, text] of expected) assert.equal(humanDuration(BigInt(seconds) * second), text);
});

test('statusText() tells what docker ps shows', () => {
  const run = { ...neverRan, startedNs: 100n * second, finishedNs: 110n * second, exitCode: 3 };
  const now = 120n * second;
  assert.equal(statusText({ status: 'running', pid: 1, run }, now), 'Up 20 seconds');
  assert.equal(statusText({ status: 'paused', pid: 1, run }, now), 'Up 20 seconds (Paused)');
  assert.equal(statusText({ status: 'exited', run }, now), 'Exited (3) 10 seconds ago');
  assert.equal(statusText({ status: 'starting', run: neverRan }, now), 'Created');
});
