import { tryParseDuration } from './duration.ts';
import { EngineError } from './errors.ts';
import { parseTimestamp } from './time.ts';

/**
 * A moment as Docker's time filters take it: seconds since 1970 (with fraction), a date or time of RFC 3339 whose
 * missing parts are zero and UTC, or a Go duration counted back from now.
 * @throws EngineError invalid
 */
export function parseFilterTime(text: string, nowNs: bigint): bigint {
  if (/^\d+(\.\d{1,9})?$/.test(text)) {
    const [seconds = '', fraction = ''] = text.split('.');
    return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  }
  const agoNs = tryParseDuration(text);
  if (agoNs !== undefined) return nowNs - BigInt(agoNs);
  const date = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d))?(?::(\d\d(?:\.\d+)?))?)?(Z|[+-]\d\d:\d\d)?$/.exec(
    text,
  );
  if (date === null) {
    throw new EngineError('invalid', `failed to parse value as time or duration: ${JSON.stringify(text)}`);
  }
  const [, day, hour = '00', minute = '00', second = '00', zone = 'Z'] = date;
  return parseTimestamp(`${day}T${hour}:${minute}:${second}${zone}`);
}
