import type { ImageRecord, NameRecord } from './image-records.ts';
import { createdNs, splitNames } from './image-view.ts';
import type { ImageHistoryItem } from './views.ts';

/** The steps that made an image, the newest first; only that one has the image's ID and names. */
export function imageHistory(
  record: ImageRecord,
  names: readonly NameRecord[],
  layerBytes: (index: number) => number,
): ImageHistoryItem[] {
  let layer = 0;
  const items = record.config.history.map(
    (step): ImageHistoryItem => ({
      id: undefined,
      createdNs: createdNs(step),
      createdBy: step.created_by ?? '',
      tags: [],
      sizeBytes: step.empty_layer ? 0 : layerBytes(layer++),
      comment: step.comment ?? '',
    }),
  );
  const [newest, ...older] = items.reverse();
  return newest === undefined ? [] : [{ ...newest, id: record.id, tags: splitNames(names).tags }, ...older];
}
