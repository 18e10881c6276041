import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerContext } from './context.ts';
import { StateWatch } from './state-watch.ts';
import { recordOf } from './testing/records.ts';
import type { ContainerState, WaitCondition } from './types.ts';
import { waitFor } from './wait.ts';

const run = { startedNs: 1n, finishedNs: 2n, exitCode: 3, oomKilled: false, error: '' };
const running: ContainerState = { status: 'running', pid: 1, run };
const exited: ContainerState = { status: 'exited', run };
const starting: ContainerState = { status: 'starting', run };
const lost: ContainerState = {
  status: 'exited',
  run: { ...run, exitCode: 137, error: 'the shim was killed' },
};
const failed: ContainerState = { status: 'exited', run: { ...run, exitCode: 127, error: 'no such command' } };

/** Waits in a state, then tells the changes; undefined when none of them ends the wait. */
async function waitThrough(
  state: ContainerState,
  condition: WaitCondition,
  changes: (ContainerState | 'removed')[],
) {
  const watch = new StateWatch();
  const abort = new AbortController();
  const record = { ...recordOf(), state };
  const result = waitFor({ watch } as ContainerContext, record, condition, abort.signal);
  for (const change of changes) watch.notify(record.id, change);
  abort.abort();
  return await result.catch(() => undefined);
}

test('waitFor() not-running ends at once when the container does not run', async () => {
  assert.deepEqual(await waitThrough(exited, 'not-running', []), { exitCode: 3, error: '' });
  assert.deepEqual(await waitThrough(failed, 'not-running', []), { exitCode: 127, error: 'no such command' });
});

test('waitFor() next-exit waits for an exit, not for a start that fails', async () => {
  assert.equal(await waitThrough(exited, 'next-exit', []), undefined);
  assert.equal(await waitThrough(exited, 'next-exit', [starting, failed]), undefined);
  assert.deepEqual(await waitThrough(exited, 'next-exit', [running, exited]), { exitCode: 3, error: '' });
});

test('waitFor() ends with a run whose shim was lost, and with one that is followed by another', async () => {
  const result = { exitCode: 137, error: 'the shim was killed' };
  assert.deepEqual(await waitThrough(running, 'next-exit', [lost]), result);
  const restarting: ContainerState = { status: 'restarting', run };
  for (const condition of ['next-exit', 'not-running'] as const) {
    assert.deepEqual(await waitThrough(running, condition, [restarting]), { exitCode: 3, error: '' });
  }
  assert.equal(await waitThrough(restarting, 'not-running', []), undefined);
});

test('waitFor() removed ends with the last exit code', async () => {
  assert.equal(await waitThrough(running, 'removed', [exited]), undefined);
  assert.deepEqual(await waitThrough(running, 'removed', [exited, 'removed']), { exitCode: 3, error: '' });
});
