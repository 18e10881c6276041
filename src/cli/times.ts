import { tryParseDuration } from '#base';

/**
 * A `--since` or `--until` value as the API takes it, `seconds.nanoseconds`: a length of time before
 * now, a date with or without time and zone, or seconds since 1970.
 * @throws Error with the stock client's words
 */
export function parseTimeFlag(text: string, now = Date.now()): string {
  const duration = tryParseDuration(text);
  if (duration !== undefined && text !== '0') return secondsOf(BigInt(now) * 1_000_000n - BigInt(duration));
  if (/^-?\d+(\.\d+)?$/.test(text)) return text;
  const match =
    /^(\d{4}-\d\d?-\d\d?)(?:T(\d\d)(?::(\d\d))?(?::(\d\d))?(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (match === null) throw new Error(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  const [, day = '', hour = '00', minute = '00', second = '00', fraction = '', zone = ''] = match;
  const [year = '', month = '', date = ''] = day.split('-');
  const iso = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}T${hour}:${minute}:${second}${zone}`;
  const milliseconds = Date.parse(iso);
  if (Number.isNaN(milliseconds))
    throw new Error(`failed to parse value as time or duration: ${JSON.stringify(text)}`);
  return secondsOf(BigInt(milliseconds) * 1_000_000n + BigInt(fraction.padEnd(9, '0')));
}

const nsPerSecond = 1_000_000_000n;

function secondsOf(timeNs: bigint): string {
  return `${timeNs / nsPerSecond}.${(timeNs % nsPerSecond).toString().padStart(9, '0')}`;
}
