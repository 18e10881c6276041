import { EngineError } from './errors.ts';

const nsPerMs = 1_000_000n;
const nsPerSecond = 1_000_000_000n;

/** The wall clock in nanoseconds since 1970; never goes backwards within one process. */
export function nowNs(): bigint {
  const wall = BigInt(Date.now()) * nsPerMs;
  last = wall > last ? wall : last + 1n;
  return last;
}

let last = 0n;

/** RFC 3339 in UTC with as many fractional digits as needed, the way Go prints it; 0n is Go's zero time. */
export function formatTimestamp(timeNs: bigint): string {
  if (timeNs === 0n) return '0001-01-01T00:00:00Z';
  const seconds = new Date(Number(timeNs / nsPerMs)).toISOString().slice(0, 19);
  const fraction = (timeNs % nsPerSecond).toString().padStart(9, '0').replace(/0+$/, '');
  return fraction === '' ? `${seconds}Z` : `${seconds}.${fraction}Z`;
}

const pattern = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;

/** Reads RFC 3339 with nanoseconds. @throws EngineError invalid */
export function parseTimestamp(text: string): bigint {
  const match = pattern.exec(text);
  const [, seconds = '', fraction = '', zone = ''] = match ?? [];
  const ms = Date.parse(`${seconds}${zone}`);
  if (Number.isNaN(ms)) throw new EngineError('invalid', `invalid time: ${text}`);
  if (text === '0001-01-01T00:00:00Z') return 0n;
  return BigInt(ms) * nsPerMs + BigInt(fraction.padEnd(9, '0'));
}
