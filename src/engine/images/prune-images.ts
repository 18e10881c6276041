import { compilePruneFilter, type Filter, filterFlag } from '#base';
import type { ImageRecord } from './image-records.ts';
import { createdNs } from './image-view.ts';
import { type ImageRoom, labelsOf } from './room.ts';
import { isKept, unusedFor } from './unused.ts';

const filterKeys = ['dangling', 'label', 'label!', 'unused-for', 'until'];

/**
 * Whether a prune takes an image, at the moment of the call: when no container was made from it and it passes the
 * filter; without `dangling=false` only when no tag leads to it. Images that are to be kept stay.
 * @throws EngineError invalid, for an unknown key or a bad value
 */
export function compileUnused(room: ImageRoom, filter: Filter): (record: ImageRecord) => boolean {
  const passes = compilePruneFilter(filter, filterKeys);
  const isOld = unusedFor(filter, room);
  const danglingOnly = filterFlag(filter, 'dangling') ?? true;
  return (record) => {
    const isSpared = isKept(room, record) || (danglingOnly && hasTag(room, record));
    if (isSpared || room.usersOf(record.id).length > 0 || !isOld(record)) return false;
    return passes({ createdNs: createdNs(record.config), labels: labelsOf(record) });
  };
}

function hasTag({ records }: ImageRoom, { id }: ImageRecord): boolean {
  return records.names(id).some(({ kind }) => kind === 'tag');
}
