import { EngineError } from '#base';

/** Filter values by key. Values of one key are alternatives (labels excepted), keys must all match. */
export type Filters = ReadonlyMap<string, readonly string[]>;

/** The filter keys that each list accepts. */
export const filterKeys = {
  containers:
    'ancestor before expose exited health id is-task isolation label name network publish since status volume',
  containersPrune: 'until label label!',
  images: 'before dangling label reference since until',
  imagesPrune: 'dangling until label label!',
  events: 'config container daemon event image label network node plugin scope secret service type volume',
  volumes: 'dangling driver label name',
  volumesPrune: 'label label! all',
  networks: 'dangling driver id label name scope type',
  networksPrune: 'until label label!',
} as const;
export type FilteredList = keyof typeof filterKeys;

/**
 * Reads the query's `filters`: `{"label":["a=b"]}`, or the old `{"label":{"a=b":true}}`.
 * @throws EngineError invalid, for what is not such an object and for keys that the list does not know
 */
export function decodeFilters(query: URLSearchParams, of: FilteredList): Filters {
  const source = query.get('filters');
  const filters = new Map<string, readonly string[]>();
  if (source === null || source === '') return filters;
  const known = filterKeys[of].split(' ');
  for (const [key, values] of Object.entries(parseFilterObject(source))) {
    if (!known.includes(key)) throw new EngineError('invalid', `invalid filter '${key}'`);
    filters.set(key, filterValues(values));
  }
  return filters;
}

/** The query text of filters, in the newer form; undefined when there are none. */
export function encodeFilters(filters: Filters): string | undefined {
  return filters.size === 0 ? undefined : JSON.stringify(Object.fromEntries(filters));
}

function parseFilterObject(source: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(source);
  } catch (cause) {
    throw new EngineError('invalid', 'invalid filter', { cause });
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw new EngineError('invalid', 'invalid filter');
}

function filterValues(values: unknown): readonly string[] {
  if (Array.isArray(values) && values.every((value) => typeof value === 'string')) return values;
  if (typeof values === 'object' && values !== null && !Array.isArray(values)) {
    return Object.entries(values).flatMap(([value, chosen]) => (chosen === true ? [value] : []));
  }
  throw new EngineError('invalid', 'invalid filter');
}
