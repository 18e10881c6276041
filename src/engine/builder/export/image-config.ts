import { formatTimestamp } from '#base';
import type { ImageConfigFile, ImageHistoryEntry } from '#oci';
import type { PlannedHistory, PlannedImage } from '../graph/types.ts';
import type { SolvedRoot } from '../solve/build-solve.ts';

/**
 * The config document of a built image. A step's time is that of its layer, also when it comes from the cache, so
 * that a build with nothing new makes the same image again.
 * @param times of the history's entries, when they were made; undefined for those without a layer
 * @param epochNs the time of everything, when the build is to be reproducible
 */
export function imageConfig(
  { image, history }: Pick<PlannedImage, 'image' | 'history'>,
  root: SolvedRoot,
  {
    times,
    epochNs,
  }: { readonly times: readonly (bigint | undefined)[]; readonly epochNs: bigint | undefined },
): ImageConfigFile {
  let latest = epochNs ?? 0n;
  const entries = history.map((entry, index) => {
    const made = epochNs ?? times[index];
    if (made !== undefined && made > latest) latest = made;
    return historyEntry(entry, latest);
  });
  const created = entries.findLast((entry) => entry.created !== undefined)?.created;
  return {
    ...image,
    ...(created !== undefined && { created }),
    rootfs: { type: 'layers', diff_ids: root.layers },
    history: entries,
  };
}

function historyEntry(
  { createdBy, comment, vertex, created }: PlannedHistory,
  timeNs: bigint,
): ImageHistoryEntry {
  const time = created ?? (timeNs === 0n ? undefined : formatTimestamp(timeNs));
  return {
    ...(time !== undefined && { created: time }),
    created_by: createdBy,
    ...(comment !== '' && { comment }),
    ...(vertex === undefined && { empty_layer: true }),
  };
}
