/**
 * The API's form of `--filter name=value` flags; undefined for none.
 * @throws Error with the stock client's words for a filter without `=`
 */
export function encodeFilters(filters: readonly string[]): string | undefined {
  if (filters.length === 0) return undefined;
  const byName: Record<string, Record<string, true>> = {};
  for (const filter of [...filters].sort()) {
    const equals = filter.indexOf('=');
    const name = filter.slice(0, equals).trim().toLowerCase();
    byName[name] = { ...byName[name], [filter.slice(equals + 1).trim()]: true };
  }
  return JSON.stringify(
    Object.fromEntries(
      Object.keys(byName)
        .sort()
        .map((name) => [name, byName[name]]),
    ),
  );
}

/** Rejects a filter flag that is not `name=value`. */
export function checkFilter(filter: string): string {
  if (!filter.includes('=')) throw new Error('bad format of filter (expected name=value)');
  return filter;
}
