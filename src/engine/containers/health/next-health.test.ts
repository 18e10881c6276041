import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Health, HealthResult } from '../types.ts';
import type { HealthCheck } from './health-check.ts';
import { endedHealth, nextHealth, probeDelayMs, startingHealth } from './next-health.ts';

const second = 1_000_000_000n;

const check: HealthCheck = {
  probe: { kind: 'exec', argv: ['true'] },
  intervalMs: 30_000,
  timeoutMs: 1_000,
  retries: 3,
  startPeriodMs: 60_000,
  startIntervalMs: 2_000,
};

const started = startingHealth(1000n * second, undefined);

function result(exitCode: number, age = 100n): HealthResult {
  const startNs = (1000n + age) * second;
  return { startNs, endNs: startNs + second, exitCode, output: '' };
}

/** The health after probes with these exit codes, all of them after the start period. */
function after(...exitCodes: number[]): Health {
  return exitCodes.reduce((health, exitCode) => nextHealth(health, result(exitCode), check), started);
}

test('nextHealth() counts failures in a row against the retries', () => {
  const table: [codes: number[], status: string, streak: number][] = [
    [[], 'starting', 0],
    [[0], 'healthy', 0],
    [[1], 'starting', 1],
    [[1, 2], 'starting', 2],
    [[1, 2, -1], 'unhealthy', 3],
    [[1, 1, 1, 1], 'unhealthy', 4],
    [[1, 1, 1, 0], 'healthy', 0],
    [[0, 1, 1], 'healthy', 2],
    [[0, 1, 1, 1], 'unhealthy', 3],
    [[1, 1, 0, 1], 'healthy', 1],
  ];
  for (const [codes, status, streak] of table) {
    const health = after(...codes);
    assert.deepEqual([health.status, health.failingStreak], [status, streak], `after ${codes}`);
  }
});

test('nextHealth() forgives failures in the start period, until the first success', () => {
  const early = (health: Health, exitCode: number) => nextHealth(health, result(exitCode, 10n), check);
  const failing = early(early(early(early(started, 1), 1), 1), 1);
  assert.deepEqual([failing.status, failing.failingStreak, failing.log.length], ['starting', 0, 4]);
  const well = early(failing, 0);
  assert.equal(well.status, 'healthy');
  assert.equal(early(well, 1).failingStreak, 1);
});

test('nextHealth() remembers five results, the newest last', () => {
  const health = after(1, 2, 3, 4, 5, 6, 7);
  assert.deepEqual(
    health.log.map(({ exitCode }) => exitCode),
    [3, 4, 5, 6, 7],
  );
});

test('a new run starts anew and keeps the results; one that ended is unhealthy', () => {
  const health = endedHealth(after(0, 0));
  assert.deepEqual([health.status, health.failingStreak], ['unhealthy', 0]);
  const again = startingHealth(5000n * second, health);
  assert.deepEqual([again.status, again.log.length, again.runStartedNs], ['starting', 2, 5000n * second]);
});

test('probeDelayMs() is an interval after the last result of this run', () => {
  const at = (age: bigint) => (1000n + age) * second;
  assert.equal(probeDelayMs(started, check, at(0n)), 2_000);
  assert.equal(probeDelayMs(started, check, at(1n)), 1_000);
  assert.equal(probeDelayMs(started, check, at(70n)), 0, 'a daemon that was away looks at once');
  const well = nextHealth(started, result(0, 10n), check);
  assert.equal(probeDelayMs(well, check, at(11n)), 30_000, 'a healthy container is no longer starting');
  assert.equal(probeDelayMs(well, check, at(21n)), 20_000);
  const again = startingHealth(at(50n), well);
  assert.equal(probeDelayMs(again, check, at(50n)), 2_000, 'results of an earlier run do not count');
  assert.equal(probeDelayMs(well, check, at(-500n)), 30_000, 'a clock that was set back');
  assert.equal(probeDelayMs(well, { ...check, intervalMs: 1e15 }, at(11n)), 2 ** 31 - 1);
});
