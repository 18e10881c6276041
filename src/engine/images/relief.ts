import type { ImageRecord } from './image-records.ts';
import type { ImageRoom } from './room.ts';
import type { DiskSpace, WaterMarks } from './types.ts';
import { isKept } from './unused.ts';
import type { RemovedItem } from './views.ts';

/**
 * When the disk is fuller than the high mark, removes the images that were unused longest, one by one, until it is no
 * fuller than the low one or none is left that may go: kept ones and those used lately may not. `remove` leaves those
 * of containers.
 */
export async function relieveDisk(
  room: ImageRoom,
  measure: () => Promise<DiskSpace>,
  remove: (record: ImageRecord) => Promise<RemovedItem[]>,
): Promise<RemovedItem[]> {
  const { waterMarks } = room.policy();
  if (waterMarks === undefined || usedPercent(await measure()) < waterMarks.highPercent) return [];
  const removed: RemovedItem[] = [];
  for (const { id } of unusedLongest(room, waterMarks)) {
    if (usedPercent(await measure()) <= waterMarks.lowPercent) break;
    const record = room.records.get(id);
    if (record !== undefined) removed.push(...(await remove(record)));
  }
  return removed;
}

function unusedLongest(room: ImageRoom, { unusedForMs }: WaterMarks): ImageRecord[] {
  const latestMs = Date.now() - unusedForMs;
  return room.records
    .all()
    .filter((record) => record.usedMs <= latestMs && !isKept(room, record))
    .sort((a, b) => a.usedMs - b.usedMs);
}

/** As `df` counts: of what ordinary users may have. */
function usedPercent({ usedBytes, availableBytes }: DiskSpace): number {
  return (100 * usedBytes) / (usedBytes + availableBytes || 1);
}
