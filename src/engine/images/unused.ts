import { EngineError, type Filter, keepLabel, tryParseDuration } from '#base';
import type { ImageRecord } from './image-records.ts';
import { matchesPattern } from './reference-pattern.ts';
import { type ImageRoom, labelsOf } from './room.ts';

/**
 * Whether an image is old enough for the key `unused-for` of a filter: no container was made from it, and it was last
 * used longer ago than its value, a duration that may count in days and weeks too. Without the key all pass.
 * @throws EngineError invalid
 */
export function unusedFor(filter: Filter, { usersOf }: ImageRoom): (record: ImageRecord) => boolean {
  const ages = (filter['unused-for'] ?? []).map(parseAgeMs);
  if (ages.length === 0) return () => true;
  const latestMs = Date.now() - Math.max(...ages);
  return ({ id, usedMs }) => usedMs <= latestMs && usersOf(id).length === 0;
}

/** Whether prunes and the relief of the disk spare an image: by its label, or by a name that the daemon was told. */
export function isKept({ records, policy }: ImageRoom, record: ImageRecord): boolean {
  if (labelsOf(record)[keepLabel] === 'true') return true;
  const { keep } = policy();
  return (
    keep.length > 0 &&
    records.names(record.id).some((name) => keep.some((pattern) => matchesPattern(pattern, name)))
  );
}

/** Milliseconds of `30d`, `2w`, `12h30m`. @throws EngineError invalid */
export function parseAgeMs(text: string): number {
  const hours = text.replace(/(\d+(?:\.\d+)?)([dw])/g, (_, count: string, unit: string) => {
    return `${Number(count) * (unit === 'd' ? 24 : 168)}h`;
  });
  const nanoseconds = tryParseDuration(hours);
  if (nanoseconds === undefined || nanoseconds < 0) {
    throw new EngineError('invalid', `invalid duration: ${JSON.stringify(text)}`);
  }
  return nanoseconds / 1e6;
}
