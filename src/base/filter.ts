import { EngineError } from './errors.ts';

/** A list filter: values by key. Values of one key are or-ed (labels and-ed), keys are and-ed. */
export type Filter = Readonly<Record<string, readonly string[]>>;

/** @throws EngineError invalid, naming the first key that is not among the known ones */
export function checkFilterKeys(filter: Filter, known: readonly string[]): void {
  const unknown = Object.keys(filter).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new EngineError('invalid', `invalid filter '${unknown}'`);
}

/** Whether one of the key's values passes the test; a key without values lets everything through. */
export function filterPasses(filter: Filter, key: string, test: (value: string) => boolean): boolean {
  const values = filter[key];
  return values === undefined || values.length === 0 || values.some(test);
}

/** Whether the labels hold each `name` or `name=value` of the filter's key. */
export function labelsPass(filter: Filter, labels: Readonly<Record<string, string>>, key = 'label'): boolean {
  return (filter[key] ?? []).every((wanted) => hasLabel(labels, wanted));
}

function hasLabel(labels: Readonly<Record<string, string>>, wanted: string): boolean {
  const at = wanted.indexOf('=');
  if (at < 0) return wanted in labels;
  return labels[wanted.slice(0, at)] === wanted.slice(at + 1);
}

/**
 * The one boolean a key may hold.
 * @throws EngineError invalid, when there are several values or one that means neither
 */
export function filterFlag(filter: Filter, key: string): boolean | undefined {
  const values = filter[key];
  if (values === undefined || values.length === 0) return undefined;
  if (values.every((value) => value === '1' || value === 'true')) return true;
  if (values.every((value) => value === '0' || value === 'false')) return false;
  throw new EngineError('invalid', `invalid filter '${key}=[${values.join(' ')}]'`);
}
