import { EngineError, type Filter } from '#base';

/**
 * Reads a query's `filters`: `{"label":["a=b"]}`, or the old `{"label":{"a=b":true}}`.
 * Which keys there are is for the engine to say.
 * @throws EngineError invalid
 */
export function decodeFilters(query: URLSearchParams): Filter {
  const source = query.get('filters');
  if (source === null || source === '') return {};
  const entries = Object.entries(parseFilterObject(source));
  return Object.fromEntries(entries.map(([key, values]) => [key, filterValues(values)]));
}

/** The query text of a filter, in the newer form; undefined when it is empty. */
export function encodeFilters(filter: Filter): string | undefined {
  return Object.keys(filter).length === 0 ? undefined : JSON.stringify(filter);
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
