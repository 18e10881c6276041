import { compilePruneFilter, errorKind, type Filter } from '#base';
import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { removeContainer } from './remove.ts';

/** Removes the containers that do not run and pass the filter. @throws EngineError invalid */
export async function pruneContainers(
  context: ContainerContext,
  filter: Filter,
): Promise<{ removed: string[]; reclaimedBytes: number }> {
  const passes = compilePruneFilter(filter, ['until', 'label', 'label!']);
  const isMeant = ({ state, createdNs, config }: ContainerRecord) =>
    ['created', 'exited', 'dead'].includes(state.status) &&
    passes({ createdNs, labels: config.Labels ?? {} });
  const removed: string[] = [];
  let reclaimedBytes = 0;
  for (const { id } of context.records.all().filter(isMeant)) {
    const bytes = await pruneOne(context, id, isMeant);
    if (bytes === undefined) continue;
    removed.push(id);
    reclaimedBytes += bytes;
  }
  const attributes = { reclaimed: String(reclaimedBytes) };
  context.events.publish({ type: 'container', action: 'prune', id: '', attributes });
  return { removed, reclaimedBytes };
}

/** Undefined when the container was started or removed meanwhile. */
async function pruneOne(
  context: ContainerContext,
  id: string,
  isMeant: (record: ContainerRecord) => boolean,
): Promise<number | undefined> {
  try {
    return await locked(context, id, async (record) => {
      if (isLive(record.state) || !isMeant(record)) return undefined;
      const { bytes } = await context.snapshots.usage(record.id);
      await removeContainer(context, record, { volumes: false });
      return bytes;
    });
  } catch (error) {
    if (errorKind(error) === 'notFound') return undefined;
    throw error;
  }
}
