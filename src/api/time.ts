import { EngineError } from '#base';

const nanosecondsPerSecond = 1_000_000_000n;

/** What Docker prints for "never". */
export const zeroTime = '0001-01-01T00:00:00Z';

/**
 * The moment that `since` and `until` name, as Unix nanoseconds: `seconds[.fraction]`, or an RFC 3339 time.
 * Undefined for '' and for 0, which both mean "no limit".
 * @throws EngineError invalid
 */
export function parseTimestamp(text: string | undefined): bigint | undefined {
  if (text === undefined || text === '' || text === '0') return undefined;
  const seconds = /^(-?\d{1,12})(?:\.(\d{1,9})\d*)?$/.exec(text);
  if (seconds !== null) {
    const fraction = BigInt((seconds[2] ?? '').padEnd(9, '0'));
    return BigInt(seconds[1] ?? 0) * nanosecondsPerSecond + fraction;
  }
  return parseRfc3339Nano(text);
}

/** @throws EngineError invalid */
export function parseRfc3339Nano(text: string): bigint {
  const parts = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const milliseconds = parts === null ? Number.NaN : Date.parse(`${parts[1]}${parts[3]}`);
  if (parts === null || Number.isNaN(milliseconds)) {
    throw new EngineError('invalid', `parsing time ${JSON.stringify(text)}: not a valid timestamp`);
  }
  return BigInt(milliseconds) * 1_000_000n + BigInt((parts[2] ?? '').padEnd(9, '0'));
}

/** `2006-01-02T15:04:05.123456789Z`: UTC, nine digits, trailing zeros dropped. */
export function formatRfc3339Nano(nanoseconds: bigint): string {
  const fraction = ((nanoseconds % nanosecondsPerSecond) + nanosecondsPerSecond) % nanosecondsPerSecond;
  const seconds = Number((nanoseconds - fraction) / nanosecondsPerSecond);
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const digits = fraction.toString().padStart(9, '0').replace(/0+$/, '');
  return digits === '' ? `${whole}Z` : `${whole}.${digits}Z`;
}
