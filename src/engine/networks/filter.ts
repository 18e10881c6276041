import { checkFilterKeys, EngineError, type Filter, filterFlag, filterPasses, labelsPass } from '#base';
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
  if (badType !== undefined) throw new EngineError('invalid', `invalid filter 'type=${badType}'`);
  const dangling = filterFlag(filter, 'dangling');
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
