import { messages } from '#api';
import { EngineError, nowNs } from '#base';
import { hastenCgroupAttach } from '#linux';
import type { ContainerContext } from '../context.ts';
import type { LiveContainer } from '../live.ts';
import { publish, publishVolumes } from '../publish.ts';
import { isLive } from '../state.ts';
import { transition } from '../transition.ts';
import type { ContainerRecord } from '../types.ts';
import { watchExit } from './exit.ts';
import { launch } from './launch.ts';
import { removeContainer } from './remove.ts';
import { describeStartFailure } from './start-failure.ts';

/**
 * Starts a container; its lock is held. A failure gives back what was acquired and stays in the record for
 * `inspect`.
 */
export async function startContainer(context: ContainerContext, record: ContainerRecord): Promise<void> {
  refuseUnstartable(record);
  hastenCgroupAttach(context.cgroups);
  const starting = transition(context, record.id, { type: 'starting' });
  try {
    tellStarted(context, starting, await launch(context, starting));
  } catch (cause) {
    const { exitCode, error } = describeStartFailure(cause);
    const failed = transition(context, record.id, { type: 'startFailed', exitCode, error: error.message });
    if (failed.hostConfig.AutoRemove) await removeContainer(context, failed, { volumes: true });
    throw error;
  }
}

function refuseUnstartable(record: ContainerRecord): void {
  const { status } = record.state;
  if (status === 'paused') {
    throw new EngineError('conflict', 'cannot start a paused container, try unpause instead');
  }
  if (isLive(record.state)) throw new EngineError('notModified', `container ${record.id} is already running`);
  if (status === 'removing' || status === 'dead') {
    throw new EngineError('conflict', messages.removalInProgress(record.id));
  }
}

function tellStarted(context: ContainerContext, record: ContainerRecord, live: LiveContainer): void {
  const { task, sandbox } = live;
  context.live.set(record.id, live);
  const running = transition(
    context,
    record.id,
    { type: 'started', pid: task.pid, timeNs: nowNs() },
    { sandbox: sandbox?.toRecord() },
  );
  publishVolumes(context, running, 'mount');
  publish(context, running, 'start');
  watchExit(context, running.id, task);
}
