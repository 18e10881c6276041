import { messages } from '#api';
import { EngineError } from '#base';
import { endTask } from '#task';
import type { ContainerContext } from '../context.ts';
import { tellLinkers } from '../links/link-effects.ts';
import { publish, publishVolumes } from '../publish.ts';
import { isLive } from '../state.ts';
import { type Alongside, transition } from '../transition.ts';
import type { ContainerRecord } from '../types.ts';
import { settleEdits } from '../update/edit-config.ts';
import { launch } from './launch.ts';
import { onLive } from './on-live.ts';
import { removeContainer } from './remove.ts';
import { describeStartFailure } from './start-failure.ts';
import { unmountVolumes } from './volumes.ts';

/** What a start that a user asks for makes of the past: restarts are counted anew, and no stop stands. */
const freshStart: Alongside = { restartCount: 0, stopRequested: false };

/**
 * Starts a container at a user's wish; its lock is held.
 * @throws EngineError notModified, conflict
 */
export async function startAsAsked(context: ContainerContext, record: ContainerRecord): Promise<void> {
  refuseUnstartable(record);
  context.restarts.forget(record.id);
  await startContainer(context, record);
}

/**
 * Starts a container; its lock is held. A failure gives back what was acquired and stays in the record for
 * `inspect`. `change` is what else becomes of the record.
 */
export async function startContainer(
  context: ContainerContext,
  record: ContainerRecord,
  change: Alongside = freshStart,
): Promise<void> {
  const starting = transition(
    context,
    record.id,
    { type: 'starting' },
    { ...change, ...settleEdits(record) },
  );
  try {
    await bringToLife(context, starting);
  } catch (cause) {
    const { exitCode, error } = describeStartFailure(cause);
    const event = { type: 'startFailed', exitCode, error: error.message } as const;
    const failed = transition(context, record.id, event, { restartRequested: false });
    if (failed.hostConfig.AutoRemove) await removeContainer(context, failed, { volumes: true });
    throw error;
  }
}

async function bringToLife(context: ContainerContext, record: ContainerRecord): Promise<void> {
  await using undo = new AsyncDisposableStack();
  publishVolumes(context, record, 'mount');
  undo.defer(() => publishVolumes(context, record, 'unmount'));
  undo.defer(() => unmountVolumes(context, record));
  const { live, startedNs } = await launch(context, record);
  undo.defer(() => live.sandbox?.release());
  undo.defer(() => endTask(live.task));
  const running = transition(
    context,
    record.id,
    { type: 'started', pid: live.task.pid, timeNs: startedNs },
    { sandbox: live.sandbox?.toRecord(), restartRequested: false },
  );
  undo.move();
  onLive(context, running, live);
  tellLinkers(context, running);
  publish(context, running, 'start');
}

function refuseUnstartable({ id, name, state, restartRequested }: ContainerRecord): void {
  const { status } = state;
  if (status === 'paused') {
    throw new EngineError('conflict', 'cannot start a paused container, try unpause instead');
  }
  if (isLive(state)) throw new EngineError('notModified', `container ${id} is already running`);
  if (status === 'restarting' && !restartRequested) {
    throw new EngineError('notModified', messages.restarting(name));
  }
  if (status === 'removing' || status === 'dead') {
    throw new EngineError('conflict', 'container is marked for removal and cannot be started');
  }
}
