import assert from 'node:assert/strict';
import { test } from 'node:test';
import { neverRan } from '../state.ts';
import { recordOf } from '../testing/records.ts';
import type { ContainerRecord, ContainerStatus } from '../types.ts';
import { restartsAfterExit, restartsAtBoot } from './policy.ts';

function restartable(
  Name: string,
  change: Partial<ContainerRecord> = {},
  MaximumRetryCount = 0,
): ContainerRecord {
  return { ...recordOf({ HostConfig: { RestartPolicy: { Name, MaximumRetryCount } } }), ...change };
}

test('restartsAfterExit() goes by the policy and the exit code', () => {
  const codes = (name: string) => [0, 1].map((code) => restartsAfterExit(restartable(name), code));
  assert.deepEqual(codes('no'), [false, false]);
  assert.deepEqual(codes('on-failure'), [false, true]);
  assert.deepEqual(codes('always'), [true, true]);
  assert.deepEqual(codes('unless-stopped'), [true, true]);
});

test('restartsAfterExit() restarts a failing container only so often', () => {
  const restarted = (restartCount: number) =>
    restartsAfterExit(restartable('on-failure', { restartCount }, 2), 1);
  assert.deepEqual([0, 1, 2].map(restarted), [true, true, false]);
});

test('restartsAfterExit() leaves a container stopped that a user stopped', () => {
  for (const name of ['on-failure', 'always', 'unless-stopped']) {
    assert.equal(restartsAfterExit(restartable(name, { stopRequested: true }), 137), false);
  }
});

test('restartsAtBoot() forgets a user’s stop unless the policy says so', () => {
  const boot = (name: string, status: ContainerStatus, change: Partial<ContainerRecord> = {}, exitCode = 1) =>
    restartsAtBoot(
      restartable(name, { state: { status: status as 'exited', run: { ...neverRan, exitCode } }, ...change }),
    );
  const stopped = { stopRequested: true };
  assert.equal(boot('always', 'exited', stopped), true);
  assert.equal(boot('unless-stopped', 'exited', stopped), false);
  assert.equal(boot('unless-stopped', 'exited'), true);
  assert.equal(boot('on-failure', 'exited'), true);
  assert.equal(boot('on-failure', 'exited', {}, 0), false);
  assert.equal(boot('always', 'created'), false);
  assert.equal(boot('no', 'exited'), false);
  assert.equal(boot('no', 'restarting'), true);
});
