import {
  checkFilterKeys,
  type Digest,
  EngineError,
  type Filter,
  filterPasses,
  nowNs,
  parseFilterTime,
} from '#base';
import type { Layers } from '#store/snapshots';
import type { BuildCache, CacheRecord } from './build-cache.ts';

/** A step that is kept for later builds, with what its layer takes. */
export interface CachedStep extends CacheRecord {
  readonly sizeBytes: number;
  /** An image has the layer too: to forget the step frees nothing. */
  readonly shared: boolean;
}

export interface CachePrune {
  /** Filter keys: id, parent, description, type, inuse, shared, private, until, unused-for. */
  readonly filter: Filter;
  /** Also steps that images share. */
  readonly all: boolean;
  /** Least recently used steps go until no more than this is left; 0: all go. */
  readonly keepBytes: number;
}

/** All cached steps, least recently used first. */
export function listCache(cache: BuildCache, layers: Layers): CachedStep[] {
  const records = cache.list();
  return records.map((record) => ({
    ...record,
    sizeBytes: layers.get(record.layer)?.tarBytes ?? 0,
    shared: layers.owners(record.layer).some((owner) => !owner.startsWith('build:')),
  }));
}

/** Which steps a prune takes, least recently used first. @throws EngineError invalid, for an unknown filter */
export function chooseSteps(
  steps: readonly CachedStep[],
  { filter, all, keepBytes }: CachePrune,
): CachedStep[] {
  const passes = compileFilter(filter);
  let left = steps.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return steps.filter((step) => {
    const goes = (all || !step.shared) && passes(step) && (keepBytes === 0 || left > keepBytes);
    if (goes) left -= step.sizeBytes;
    return goes;
  });
}

const keys = ['id', 'parent', 'description', 'type', 'inuse', 'shared', 'private', 'until', 'unused-for'];

function compileFilter(filter: Filter): (step: CachedStep) => boolean {
  checkFilterKeys(filter, keys);
  const before = timeOf(filter.until) ?? timeOf(filter['unused-for']);
  const is = (key: string, value: boolean) =>
    filterPasses(filter, key, (wanted) => (wanted === 'false' ? !value : value));
  return (step) =>
    (before === undefined || step.usedNs < before) &&
    filterPasses(filter, 'id', (id) => idOf(step.key).startsWith(id)) &&
    filterPasses(filter, 'parent', (id) => step.parents.some((parent) => idOf(parent).startsWith(id))) &&
    filterPasses(filter, 'description', (text) => step.description.includes(text)) &&
    filterPasses(filter, 'type', (type) => type === 'regular') &&
    is('inuse', false) &&
    is('shared', step.shared) &&
    is('private', !step.shared);
}

function timeOf(values: readonly string[] | undefined): bigint | undefined {
  const [text, further] = values ?? [];
  if (further !== undefined)
    throw new EngineError('invalid', 'filters expect only one value: unused-for, until');
  return text === undefined ? undefined : parseFilterTime(text, nowNs());
}

/** What clients call a step. */
export function idOf(key: Digest): string {
  return key.slice('sha256:'.length, 'sha256:'.length + 25);
}
