import { EngineError, parseTimestamp } from '#base';

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

const int64Limit = 1n << 63n;

/**
 * The moment that a log's `since` and `until` name, `seconds[.fraction]`, as Unix nanoseconds. Undefined for '' and 0.
 * @throws EngineError invalid, in the words of Go's parser
 */
export function parseUnixMoment(text: string | null): bigint | undefined {
  if (text === null || text === '' || text === '0') return undefined;
  const at = text.indexOf('.');
  const seconds = parseInt64(at < 0 ? text : text.slice(0, at));
  const fraction = at < 0 ? '0' : text.slice(at + 1);
  parseInt64(fraction);
  const momentNs = seconds * 1_000_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  // What 64 bits can't tell is before or after everything.
  return BigInt.asIntN(64, momentNs) === momentNs ? momentNs : seconds < 0n ? -int64Limit : int64Limit - 1n;
}

function parseInt64(text: string): bigint {
  const problem = !/^[+-]?\d+$/.test(text)
    ? 'invalid syntax'
    : BigInt(text) >= int64Limit || BigInt(text) < -int64Limit
      ? 'value out of range'
      : undefined;
  if (problem === undefined) return BigInt(text);
  throw new EngineError('invalid', `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${problem}`);
}
