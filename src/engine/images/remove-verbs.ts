import { pruneRefusal, SingleRun } from '#base';
import { selectUnused } from './prune-images.ts';
import { removeImage } from './remove-image.ts';
import { type ImageRoom, layerBytes } from './room.ts';
import type { Images, RemovedItem, RemoveOptions } from './types.ts';

/** What takes images away. */
export function removeVerbs(room: ImageRoom): Pick<Images, 'remove' | 'prune'> {
  const pruning = new SingleRun(pruneRefusal);
  return {
    remove: (nameOrId, options) => removeOne(room, nameOrId, options),
    prune: (filter = {}) =>
      pruning.run(async () => {
        const before = allLayerBytes(room);
        const removed: RemovedItem[] = [];
        for (const { id } of selectUnused(room, filter)) {
          removed.push(...(await removeOne(room, id, { force: true })));
        }
        const reclaimedBytes = before - allLayerBytes(room);
        const attributes = { reclaimed: String(reclaimedBytes) };
        room.publish({ type: 'image', action: 'prune', id: '', attributes });
        return { removed, reclaimedBytes };
      }),
  };
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
