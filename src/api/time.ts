import { parseTimestamp } from '#base';

/**
 * The moment that `since` and `until` name, as Unix nanoseconds: `seconds[.fraction]`, or an RFC 3339 time.
 * Undefined for '' and for 0, which both mean "no limit".
 * @throws EngineError invalid
 */
export function parseMoment(text: string | null): bigint | undefined {
  if (text === null || text === '' || text === '0') return undefined;
  const seconds = /^(-?\d{1,12})(?:\.(\d{1,9})\d*)?$/.exec(text);
  if (seconds === null) return parseTimestamp(text);
  return BigInt(seconds[1] ?? 0) * 1_000_000_000n + BigInt((seconds[2] ?? '').padEnd(9, '0'));
}
