import { EngineError } from './errors.ts';
import { checkFilterKeys, type Filter, labelsPass } from './filter.ts';
import { parseFilterTime } from './filter-time.ts';
import { nowNs } from './time.ts';

/** With the value `true` it keeps an object from every prune. */
export const keepLabel = 'wharf.keep';

/** What a prune looks at of an object. */
export interface Prunable {
  readonly createdNs: bigint;
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Compiles a prune's filter to a test: `until`, `label` and `label!`, as far as the key is among the known ones. What is
 * labelled to be kept never passes.
 * @throws EngineError invalid, for another key or a bad value
 */
export function compilePruneFilter(filter: Filter, known: readonly string[]): (object: Prunable) => boolean {
  checkFilterKeys(filter, known);
  const [until, further] = filter.until ?? [];
  if (further !== undefined) throw new EngineError('invalid', 'more than one until filter specified');
  const before = until === undefined ? undefined : parseFilterTime(until, nowNs());
  const unwanted = filter['label!'] ?? [];
  return ({ createdNs, labels }) =>
    labels[keepLabel] !== 'true' &&
    (before === undefined || createdNs < before) &&
    labelsPass(filter, labels) &&
    !unwanted.some((label) => labelsPass({ label: [label] }, labels));
}

/** What a prune answers while another one of its kind runs. */
export const pruneRefusal = 'a prune operation is already running';
