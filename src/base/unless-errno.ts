import { errnoOf } from './errors.ts';

/** What `work` gives; undefined when it fails with one of these system errors (`ENOENT` …). @throws what else it fails with */
export function unlessErrno<T>(codes: readonly string[], work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    return undefinedFor(...codes)(error);
  }
}

/** For a promise's catch(): undefined for these system errors; every other error is thrown on. */
export function undefinedFor(...codes: readonly string[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.includes(errnoOf(error) ?? '')) throw error;
    return undefined;
  };
}
