import type { Health, HealthResult } from '../types.ts';
import type { HealthCheck } from './health-check.ts';

const remembered = 5;
/** The runtimes' timers know no longer time. */
export const longestTimerMs = 2 ** 31 - 1;
const nsPerMs = 1_000_000n;

/** The health of a run that begins, with the results of the run before. */
export function startingHealth(startedNs: bigint, before: Health | undefined): Health {
  return { status: 'starting', failingStreak: 0, log: before?.log ?? [], runStartedNs: startedNs };
}

/** A container that does not run is not well. */
export function endedHealth(health: Health): Health {
  return { ...health, status: 'unhealthy' };
}

/**
 * The health after a probe. A failure counts against the retries, but not in the start period of a container that
 * was never well.
 */
export function nextHealth(health: Health, result: HealthResult, check: HealthCheck): Health {
  const log = [...health.log, result].slice(-remembered);
  if (result.exitCode === 0) return { ...health, status: 'healthy', failingStreak: 0, log };
  const ageMs = Number((result.startNs - health.runStartedNs) / nsPerMs);
  if (health.status === 'starting' && ageMs < check.startPeriodMs) return { ...health, log };
  const failingStreak = health.failingStreak + 1;
  return {
    ...health,
    status: failingStreak >= check.retries ? 'unhealthy' : health.status,
    failingStreak,
    log,
  };
}

/**
 * Milliseconds to wait for the next probe: an interval after the last one of this run, or after its start. A daemon
 * that takes a container over goes on in the rhythm of the one before.
 */
export function probeDelayMs(health: Health, check: HealthCheck, timeNs: bigint): number {
  const lastNs = health.log.at(-1)?.endNs ?? 0n;
  const sinceNs = lastNs > health.runStartedNs ? lastNs : health.runStartedNs;
  const ageMs = Number((timeNs - health.runStartedNs) / nsPerMs);
  const isStarting = health.status === 'starting' && ageMs < check.startPeriodMs;
  const intervalMs = isStarting ? check.startIntervalMs : check.intervalMs;
  // A clock that was set back must not hold the checks up.
  const waitedMs = Math.max(0, Number((timeNs - sinceNs) / nsPerMs));
  return Math.min(Math.max(0, intervalMs - waitedMs), longestTimerMs);
}
