import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, nowNs } from '#base';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import { sigkill } from '../signal.ts';
import type { ContainerId, ContainerRecord, HealthResult } from '../types.ts';
import { followHealth } from './group-part.ts';
import { type HealthCheck, healthCheckOf } from './health-check.ts';
import { endedHealth, nextHealth, probeDelayMs, startingHealth } from './next-health.ts';
import { probeOnce } from './probe.ts';
import { restartUnhealthy } from './restart-unhealthy.ts';

/** The health checks of containers that run now. */
export class Monitors {
  readonly #stops = new Map<ContainerId, AbortController>();

  /** Makes room for a new monitor of the container. @returns what its stop() aborts */
  add(id: ContainerId): AbortSignal {
    this.stop(id);
    const controller = new AbortController();
    this.#stops.set(id, controller);
    return controller.signal;
  }

  stop(id: ContainerId): void {
    this.#stops.get(id)?.abort();
    this.#stops.delete(id);
  }

  stopAll(): void {
    for (const id of [...this.#stops.keys()]) this.stop(id);
  }
}

/**
 * Checks the health of a container from now on, until stopMonitor() or the end of the daemon; does nothing for one
 * without a check. Called when a container has started, goes on after a pause, or is taken over from another daemon.
 */
export function startMonitor(context: ContainerContext, record: ContainerRecord): void {
  const check = healthCheckOf(record.config);
  if (check === undefined || record.state.status !== 'running') return;
  const { id, health } = record;
  const { startedNs } = record.state.run;
  if (health?.runStartedNs === startedNs) {
    followHealth(context, record);
    if (health.probeId !== undefined) endStrayProbe(context, id, health.probeId);
  } else {
    context.records.update(id, { health: startingHealth(startedNs, health) });
  }
  const signal = context.monitors.add(id);
  watchHealth(context, id, check, signal).catch((error) => {
    if (!signal.aborted) context.log.error('a health check ended', { id, error: errorMessage(error) });
  });
}

/** Stops the checks, also one that is under way. Its result no longer counts. */
export function stopMonitor({ monitors }: ContainerContext, { id }: Pick<ContainerRecord, 'id'>): void {
  monitors.stop(id);
}

/** Stops the checks of a container that has ended: it is unhealthy, as Docker has it. */
export function endMonitor(context: ContainerContext, { id }: Pick<ContainerRecord, 'id'>): void {
  stopMonitor(context, { id });
  const health = context.records.get(id)?.health;
  if (health !== undefined) context.records.update(id, { health: endedHealth(health) });
}

async function watchHealth(
  context: ContainerContext,
  id: ContainerId,
  check: HealthCheck,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    const health = context.records.get(id)?.health;
    if (health === undefined) return;
    await sleep(probeDelayMs(health, check, nowNs()), undefined, { signal, ref: false });
    const record = context.records.find(id);
    const result = await unlessAborted(probeOnce(context, record, check, signal), signal);
    noteResult(context, id, check, result);
  }
}

/** The work's result, or a rejection at the abort: a probe of a frozen container would be waited for in vain. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function noteResult(
  context: ContainerContext,
  id: ContainerId,
  check: HealthCheck,
  result: HealthResult,
): void {
  const before = context.records.find(id).health;
  if (before === undefined) return;
  const { probeId: _, ...after } = nextHealth(before, result, check);
  const record = context.records.update(id, { health: after });
  if (after.status !== before.status) {
    publish(context, record, `health_status: ${after.status}`);
    followHealth(context, record);
  }
  if (after.status === 'unhealthy') restartUnhealthy(context, record);
}

/** Ends a probe that the daemon before this one left behind. */
function endStrayProbe(context: ContainerContext, id: ContainerId, probeId: string): void {
  const task = context.live.get(id)?.task;
  const end = async () => {
    const stray = (await task?.execs())?.find((exec) => exec.id === probeId && exec.status === undefined);
    await stray?.kill(sigkill, 'group');
  };
  end().catch((error) => context.log.debug('a probe was not ended', { id, error: errorMessage(error) }));
}
