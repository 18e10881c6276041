import { errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import { startContainer } from '../lifecycle/start.ts';
import type { Alongside } from '../transition.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';

/** Starts a container whose back-off is over. A start that fails ends the restarting, as with Docker. */
export async function startAfterBackOff(context: ContainerContext, id: ContainerId): Promise<void> {
  await startIf(context, id, ({ state }) => state.status === 'restarting', {});
}

/** Starts a container if it is still there and wants it; what goes wrong is in its record and in the log. */
export async function startIf(
  context: ContainerContext,
  id: ContainerId,
  wants: (record: ContainerRecord) => boolean,
  change?: Alongside,
): Promise<void> {
  try {
    await context.lock.run(id, async () => {
      const record = context.records.get(id);
      if (record !== undefined && wants(record)) await startContainer(context, record, change);
    });
  } catch (error) {
    context.log.error('a container was not started again', { id, error: errorMessage(error) });
  }
}
