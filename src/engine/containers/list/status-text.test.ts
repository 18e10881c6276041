import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neverRan } from '../state.ts';
import type { ContainerState, Health } from '../types.ts';
import { statusText } from './status-text.ts';

const second = 1_000_000_000n;

test('statusText() tells what docker ps shows', () => {
  const run = { ...neverRan, startedNs: 100n * second, finishedNs: 110n * second, exitCode: 3 };
  const now = 120n * second;
  const text = (state: ContainerState, health?: Health) =>
    statusText({ state, ...(health && { health }) }, now);
  assert.equal(text({ status: 'running', pid: 1, run }), 'Up 20 seconds');
  assert.equal(text({ status: 'paused', pid: 1, run }), 'Up 20 seconds (Paused)');
  assert.equal(text({ status: 'exited', run }), 'Exited (3) 10 seconds ago');
  assert.equal(text({ status: 'starting', run: neverRan }), 'Created');
  const health = { failingStreak: 0, log: [], runStartedNs: 0n };
  const running = { status: 'running', pid: 1, run } as const;
  assert.equal(text(running, { ...health, status: 'starting' }), 'Up 20 seconds (health: starting)');
  assert.equal(text(running, { ...health, status: 'unhealthy' }), 'Up 20 seconds (unhealthy)');
});
