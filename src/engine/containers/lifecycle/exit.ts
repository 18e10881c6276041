import { errorMessage } from '#base';
import { oomKills, removeCgroup } from '#linux';
import type { ExitStatus, Task } from '#task';
import type { ContainerContext } from '../context.ts';
import { publish, publishVolumes } from '../publish.ts';
import { isLive } from '../state.ts';
import { transition } from '../transition.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { cgroupOf } from './cgroup-path.ts';
import { removeContainer } from './remove.ts';

/** Records the exit of a container's process when it comes. */
export function watchExit(context: ContainerContext, id: ContainerId, task: Task): void {
  const exited = task.exited.then((status) => context.lock.run(id, () => recordExit(context, id, status)));
  exited.catch((error) => context.log.error('an exit was not recorded', { id, error: errorMessage(error) }));
}

/** Brings a container to `exited` and gives back what only a live one needs; its lock is held. */
export async function recordExit(
  context: ContainerContext,
  id: ContainerId,
  status: ExitStatus,
): Promise<void> {
  const record = context.records.get(id);
  if (record === undefined || !isLive(record.state)) return;
  const cgroup = cgroupOf(context, record);
  const oomKilled = oomKills(cgroup) > 0;
  const live = context.live.get(id);
  context.live.delete(id);
  const exited = transition(
    context,
    id,
    { type: 'exited', exitCode: status.code, timeNs: status.timeNs, oomKilled },
    { sandbox: undefined },
  );
  if (oomKilled) publish(context, exited, 'oom');
  publishDeath(context, exited);
  await live?.sandbox?.release();
  publishVolumes(context, exited, 'unmount');
  context.live.addClearing(
    id,
    removeCgroup(cgroup).catch((error) => warn(context, exited, error)),
  );
  if (exited.hostConfig.AutoRemove) await removeContainer(context, exited, { volumes: true });
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
