import { checkFilterKeys, EngineError, type Filter, filterPasses, labelsPass } from '#base';
import { isPredefined } from './predefined.ts';
import type { NetworkRecord } from './types.ts';

const keys = ['dangling', 'driver', 'id', 'label', 'name', 'scope', 'type'];

/**
 * Compiles a filter to a test; `inUse` tells whether a network has endpoints.
 * @throws EngineError invalid, for an unknown key or a bad value
 */
export function compileNetworkFilter(
  filter: Filter,
  inUse: (record: NetworkRecord) => boolean,
): (record: NetworkRecord) => boolean {
  checkFilterKeys(filter, keys);
  const badType = filter.type?.find((value) => value !== 'custom' && value !== 'builtin');
  if (badType !== undefined) throw new EngineError('invalid', `invalid filter: 'type'='${badType}'`);
  const dangling = readDangling(filter.dangling ?? []);
  return (record) => {
    const predefined = isPredefined(record.name);
    return (
      (dangling === undefined || dangling === (!predefined && !inUse(record))) &&
      filterPasses(filter, 'driver', (value) => record.driver === value) &&
      filterPasses(filter, 'id', (value) => record.id.startsWith(value)) &&
      filterPasses(filter, 'name', (value) => record.name.includes(value)) &&
      filterPasses(filter, 'scope', (value) => value === 'local') &&
      filterPasses(filter, 'type', (value) => (value === 'builtin') === predefined) &&
      labelsPass(filter, record.labels)
    );
  };
}

/** @throws EngineError invalid, in the words that Docker has for networks alone */
function readDangling(values: readonly string[]): boolean | undefined {
  const [value] = values;
  if (values.length > 1) {
    throw new EngineError('invalid', 'got more than one value for filter key "dangling"');
  }
  if (value === undefined) return undefined;
  if (value === 'true' || value === '1') return true;
  if (value === 'false' || value === '0') return false;
  const text = `must be "true" (or "1"), or "false" (or "0")`;
  throw new EngineError('invalid', `invalid value for filter 'dangling', ${text}`);
}
