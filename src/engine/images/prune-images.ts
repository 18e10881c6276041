import { compilePruneFilter, type Filter, filterFlag } from '#base';
import type { ImageRecord, NameRecord } from './image-records.ts';
import { createdNs, groupNames } from './image-view.ts';
import type { RemoveContext } from './remove-image.ts';

/**
 * The images that a prune takes: those that no container was made from and that pass the filter; without
 * `dangling=false` only those without a tag.
 * @throws EngineError invalid, for an unknown key or a bad value
 */
export function selectUnused({ records, usersOf }: RemoveContext, filter: Filter): ImageRecord[] {
  const passes = compilePruneFilter(filter, ['dangling', 'label', 'label!', 'until']);
  const danglingOnly = filterFlag(filter, 'dangling') ?? true;
  const namesOf = groupNames(records.names());
  return records.all().filter(({ id, config }) => {
    const isSpared = danglingOnly && hasTag(namesOf.get(id));
    const labels = config.config.Labels ?? {};
    return !isSpared && usersOf(id).length === 0 && passes({ createdNs: createdNs(config), labels });
  });
}

function hasTag(names: readonly NameRecord[] = []): boolean {
  return names.some(({ kind }) => kind === 'tag');
}
