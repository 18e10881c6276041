import { errorKind } from '#base';
import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import { publish } from '../publish.ts';
import { isLive } from '../state.ts';
import type { Alongside } from '../transition.ts';
import type { ContainerId, StopOptions } from '../types.ts';
import { startAsAsked, startContainer } from './start.ts';
import { stopContainer } from './stop.ts';

/**
 * Ends a container's run, if there is one, and starts it again. The wish is stored before the run is asked to end:
 * a daemon that is killed meanwhile leaves it to the next one. The lock is not held.
 * @throws EngineError as a stop and a start do
 */
export async function restartContainer(
  context: ContainerContext,
  ref: string,
  options: StopOptions,
): Promise<void> {
  const { id } = context.records.find(ref);
  await stopIfLive(context, id, options);
  await locked(context, id, async (record) => {
    // Somebody else may have started it meanwhile.
    if (isLive(record.state)) return;
    await startAsAsked(context, record);
    publish(context, record, 'restart');
  });
}

/**
 * Restarts a container that runs, as a health check or a new daemon does; a user's wish to stop it comes first. The
 * lock is not held. `change` is for startContainer().
 * @throws EngineError as a stop and a start do
 */
export async function restartRunning(
  context: ContainerContext,
  id: ContainerId,
  change?: Alongside,
): Promise<void> {
  if (context.records.get(id)?.stopRequested !== false) return;
  await stopIfLive(context, id, {});
  await context.lock.run(id, async () => {
    const record = context.records.get(id);
    if (record?.state.status !== 'restarting' || !record.restartRequested) return;
    await startContainer(context, record, change);
    publish(context, record, 'restart');
  });
}

async function stopIfLive(context: ContainerContext, ref: string, options: StopOptions): Promise<void> {
  try {
    await stopContainer(context, ref, options, { restartRequested: true });
  } catch (error) {
    if (errorKind(error) !== 'notModified') throw error;
  }
}
