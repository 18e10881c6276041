import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '#base';
import { oomKills, removeCgroup } from '#linux';
import type { ExitStatus, Task } from '#task';
import type { ContainerContext } from '../context.ts';
import { publish, publishVolumes } from '../publish.ts';
import { restartsAfterExit } from '../restart/policy.ts';
import { canHappen, isLive } from '../state.ts';
import { transition } from '../transition.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { cgroupOf } from './cgroup-path.ts';
import { leaveNetworks } from './leave-networks.ts';
import { onEnd } from './on-end.ts';
import { removeContainer } from './remove.ts';
import { unmountVolumes } from './volumes.ts';

/** How long an exit that could not be stored, as on a full disk, waits to be tried again. */
const retryMs = 500;

/** Records the exit of a container's process when it comes, and has it started again when its policy says so. */
export function watchExit(context: ContainerContext, id: ContainerId, task: Task): void {
  void task.exited.then((status) => endWhenPossible(context, id, status));
}

async function endWhenPossible(
  context: ContainerContext,
  id: ContainerId,
  status: ExitStatus,
): Promise<void> {
  while (!context.closing.aborted) {
    try {
      return await context.lock.run(id, () => endRun(context, id, status));
    } catch (error) {
      context.log.error('the end of a container was not followed up', { id, error: errorMessage(error) });
    }
    const record = context.records.get(id);
    if (record === undefined || !isLive(record.state)) return;
    await sleep(retryMs, undefined, { signal: context.closing }).catch(() => undefined);
  }
}

async function endRun(context: ContainerContext, id: ContainerId, status: ExitStatus): Promise<void> {
  const ended = await recordExit(context, id, status);
  if (ended?.state.status !== 'restarting' || ended.restartRequested) return;
  const { startedNs, finishedNs } = ended.state.run;
  context.restarts.schedule(id, finishedNs - startedNs);
}

/**
 * Records how a container's process ended, and gives back what only a live one needs; its lock is held. When it
 * throws before the record is stored, it has done nothing. Who calls it looks after a restart.
 * @returns the record, undefined when there was nothing to record or the container is gone
 */
export async function recordExit(
  context: ContainerContext,
  id: ContainerId,
  status: ExitStatus,
): Promise<ContainerRecord | undefined> {
  const record = context.records.get(id);
  if (record === undefined || !canHappen(record.state, 'exited')) return undefined;
  const cgroup = cgroupOf(context, record);
  const oomKilled = oomKills(cgroup) > 0;
  const live = context.live.get(id);
  const ended = storeEnd(context, record, status, oomKilled);
  if (oomKilled && !context.oomWatches.hasTold(id)) publish(context, ended, 'oom');
  onEnd(context, ended);
  // It is told dead when it is out of its networks and volumes, but before whoever waits for its end goes on.
  const released = leaveNetworks(context, record, live?.sandbox);
  publishVolumes(context, ended, 'unmount');
  publishDeath(context, ended);
  await released;
  await unmountVolumes(context, ended);
  context.live.addClearing(
    id,
    removeCgroup(cgroup).catch((error) => warn(context, ended, error)),
  );
  if (ended.state.status === 'restarting' || !ended.hostConfig.AutoRemove) return ended;
  await removeContainer(context, ended, { volumes: true });
  return undefined;
}

function storeEnd(
  context: ContainerContext,
  record: ContainerRecord,
  { code, timeNs, error }: ExitStatus,
  oomKilled: boolean,
): ContainerRecord {
  const restarts = record.restartRequested || restartsAfterExit(record, code);
  const type = restarts ? 'restarting' : 'exited';
  return transition(
    context,
    record.id,
    { type, exitCode: code, timeNs, oomKilled, error },
    { sandbox: undefined, restartCount: record.restartCount + (restarts ? 1 : 0) },
  );
}

function publishDeath(context: ContainerContext, record: ContainerRecord): void {
  const { startedNs, finishedNs, exitCode } = record.state.run;
  publish(context, record, 'die', {
    exitCode: String(exitCode),
    execDuration: String((finishedNs - startedNs) / 1_000_000_000n),
  });
}

function warn(context: ContainerContext, { id }: ContainerRecord, error: unknown): void {
  context.log.warn('a cgroup was left behind', { id, error: errorMessage(error) });
}
