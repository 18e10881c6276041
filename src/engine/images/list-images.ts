import {
  checkFilterKeys,
  type DiffId,
  type Filter,
  filterFlag,
  filterPasses,
  labelsPass,
  nowNs,
  parseFilterTime,
} from '#base';
import { isIndexType } from '#oci';
import { findImage, requireTarget } from './find-image.ts';
import type { ImageRecord, NameRecord } from './image-records.ts';
import { createdNs, groupNames, namesMeaning, splitNames } from './image-view.ts';
import { summariseManifests } from './manifest-summary.ts';
import { matchesPattern } from './reference-pattern.ts';
import { type ImageRoom, layerBytes } from './room.ts';
import type { ListOptions } from './types.ts';
import { unusedFor } from './unused.ts';
import type { ImageSummaryView } from './views.ts';

const filterKeys = ['before', 'dangling', 'label', 'reference', 'since', 'unused-for', 'until'];

/** The images that pass the filters, newest first. @throws EngineError invalid or notFound, for a filter's value */
export function listImages(room: ImageRoom, options: ListOptions): ImageSummaryView[] {
  const { records } = room;
  const filters = options.filters ?? {};
  checkFilterKeys(filters, filterKeys);
  const namesOf = groupNames(records.names());
  const all = records.all();
  const passes = compileFilter(room, filters);
  const shared = options.sharedSize ? sharedBytes(all, room) : undefined;
  const views: ImageSummaryView[] = [];
  for (const record of all) {
    const leading = namesOf.get(record.id) ?? [];
    const names = namesMeaning(record.id, leading);
    const isBeside = leading.length > 0 && names.length === 0;
    if ((isBeside && !options.all) || !passes(record, leading)) continue;
    for (const row of rowsOf(room, namesThatMatch(filters, names), options)) {
      views.push({ ...summarise(room, record, row, options), sharedBytes: shared?.(record) });
    }
  }
  return views.sort((a, b) => (a.createdNs < b.createdNs ? 1 : a.createdNs > b.createdNs ? -1 : 0));
}

/**
 * The names of each row: all of an image in one, but a row for each target where its manifests are shown; no row for
 * an image of which no name matched. A manifest of the image that has no tag, as a push leaves one, is told with the
 * tags: it is the same image.
 */
function rowsOf(
  { records }: ImageRoom,
  names: readonly NameRecord[] | undefined,
  { manifests }: ListOptions,
): readonly (readonly NameRecord[])[] {
  if (names === undefined) return [];
  if (!manifests || names.length === 0) return [names];
  const rows = [...Map.groupBy(names, ({ target }) => target).values()];
  const tagged = rows.findIndex(hasTag);
  const isBeside = (row: readonly NameRecord[]) =>
    !hasTag(row) && row[0] !== undefined && !isIndexType(records.targetOf(row[0])?.mediaType ?? '');
  if (tagged === -1) return rows;
  const beside = rows.filter(isBeside).flat();
  return rows.flatMap((row, at) => (at === tagged ? [[...row, ...beside]] : isBeside(row) ? [] : [row]));
}

function hasTag(names: readonly NameRecord[]): boolean {
  return names.some(({ kind }) => kind === 'tag');
}

function summarise(
  room: ImageRoom,
  record: ImageRecord,
  names: readonly NameRecord[],
  options: ListOptions,
): Omit<ImageSummaryView, 'sharedBytes'> {
  const [first] = names;
  const named = options.manifests && first !== undefined ? room.records.targetOf(first) : undefined;
  const target = named ?? requireTarget(room.records, record.id);
  return {
    id: record.id,
    ...splitNames(names),
    createdNs: createdNs(record.config),
    sizeBytes: record.sizeBytes,
    labels: record.config.config.Labels,
    containers: room.usersOf(record.id).length,
    lastUsedMs: record.usedMs,
    target,
    manifests: options.manifests ? summariseManifests(room, target) : undefined,
  };
}

/** Whether an image passes all filters but those on names; `names` are those that lead to it. */
type ImageTest = (record: ImageRecord, names: readonly NameRecord[]) => boolean;

function compileFilter(room: ImageRoom, filters: Filter): ImageTest {
  const dangling = filterFlag(filters, 'dangling');
  const momentOf = (name: string) => createdNs(findImage(room.records, name).config);
  const before = filters.before?.map(momentOf) ?? [];
  const since = filters.since?.map(momentOf) ?? [];
  const until = filters.until?.map((text) => parseFilterTime(text, nowNs())) ?? [];
  const isOld = unusedFor(filters, room);
  return (record, names) => {
    const created = createdNs(record.config);
    const isDangling = !hasTag(names);
    return (
      (dangling === undefined || dangling === isDangling) &&
      [...before, ...until].every((moment) => created < moment) &&
      since.every((moment) => created > moment) &&
      isOld(record) &&
      labelsPass(filters, record.config.config.Labels ?? {})
    );
  };
}

/** The names that are shown; undefined when the filter asks for names and none is meant. */
function namesThatMatch(filters: Filter, names: readonly NameRecord[]): readonly NameRecord[] | undefined {
  if (filters.reference === undefined || filters.reference.length === 0) return names;
  const matching = names.filter((name) =>
    filterPasses(filters, 'reference', (pattern) => matchesPattern(pattern, name)),
  );
  return matching.length === 0 ? undefined : matching;
}

/** For each image, the bytes of its layers that at least one other image has too. */
function sharedBytes(all: readonly ImageRecord[], room: ImageRoom): (record: ImageRecord) => number {
  const images = new Map<DiffId, number>();
  for (const { config } of all) {
    for (const diffId of new Set(config.rootfs.diff_ids)) images.set(diffId, (images.get(diffId) ?? 0) + 1);
  }
  return ({ config }) => {
    const shared = [...new Set(config.rootfs.diff_ids)].filter((diffId) => (images.get(diffId) ?? 0) > 1);
    return shared.reduce((sum, diffId) => sum + layerBytes(room, diffId), 0);
  };
}
