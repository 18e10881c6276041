import { type Filter, pruneRefusal, SingleRun } from '#base';
import type { ImageRecord } from './image-records.ts';
import { compileUnused } from './prune-images.ts';
import { relieveDisk } from './relief.ts';
import { removeImage } from './remove-image.ts';
import { type ImageRoom, layerBytes } from './room.ts';
import type { DiskSpace, Images, RemoveOptions } from './types.ts';
import type { RemovedItem } from './views.ts';

/** What takes images away. */
export function removeVerbs(
  room: ImageRoom,
  measureDisk: () => Promise<DiskSpace>,
): Pick<Images, 'remove' | 'prune' | 'relieve'> {
  const pruning = new SingleRun(pruneRefusal);
  return {
    remove: (nameOrId, options) => removeOne(room, nameOrId, options),
    prune: (filter = {}) => pruning.run(() => prune(room, filter)),
    relieve: () => pruning.run(() => relieveDisk(room, measureDisk, (record) => removeUnused(room, record))),
  };
}

async function prune(room: ImageRoom, filter: Filter): ReturnType<Images['prune']> {
  const before = allLayerBytes(room);
  const isUnused = compileUnused(room, filter);
  const removed: RemovedItem[] = [];
  for (const { id } of room.records.all()) {
    // What came meanwhile counts: a container, a tag, another removal.
    const record = room.records.get(id);
    if (record !== undefined && isUnused(record)) removed.push(...(await removeUnused(room, record)));
  }
  const reclaimedBytes = before - allLayerBytes(room);
  const attributes = { reclaimed: String(reclaimedBytes) };
  room.publish({ type: 'image', action: 'prune', id: '', attributes });
  return { removed, reclaimedBytes };
}

/** Removes an image with its names, unless a container was made from it. */
async function removeUnused(room: ImageRoom, { id }: ImageRecord): Promise<RemovedItem[]> {
  return room.usersOf(id).length > 0 ? [] : removeOne(room, id, { force: true });
}

async function removeOne(room: ImageRoom, nameOrId: string, options: RemoveOptions): Promise<RemovedItem[]> {
  const { items, documents } = removeImage(room, nameOrId, options);
  await room.intake.discard(documents);
  return [...items];
}

/** Sizes of the layers of all images, each once. */
function allLayerBytes(room: ImageRoom): number {
  const diffIds = new Set(room.records.all().flatMap(({ config }) => config.rootfs.diff_ids));
  return [...diffIds].reduce((sum, diffId) => sum + layerBytes(room, diffId), 0);
}
