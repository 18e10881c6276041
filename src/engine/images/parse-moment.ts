import { EngineError, parseTimestamp } from '#base';

const units: Readonly<Record<string, number>> = {
  ns: 1e-9,
  us: 1e-6,
  µs: 1e-6,
  ms: 1e-3,
  s: 1,
  m: 60,
  h: 3600,
};
const durationPattern = /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g;

/**
 * A moment as Docker's time filters take it: seconds since 1970 (with fraction), a date or time of RFC 3339 whose
 * missing parts are zero and UTC, or a Go duration counted back from now.
 * @throws EngineError invalid
 */
export function parseMoment(text: string, nowNs: bigint): bigint {
  if (/^\d+(\.\d{1,9})?$/.test(text)) {
    const [seconds = '', fraction = ''] = text.split('.');
    return BigInt(seconds) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0'));
  }
  if (text !== '' && text.replace(durationPattern, '') === '') {
    let seconds = 0;
    for (const [, count, unit = ''] of text.matchAll(durationPattern))
      seconds += Number(count) * (units[unit] ?? 0);
    return nowNs - BigInt(Math.round(seconds * 1e9));
  }
  const date = /^(\d{4}-\d\d-\d\d)(?:T(\d\d)(?::(\d\d))?(?::(\d\d(?:\.\d+)?))?)?(Z|[+-]\d\d:\d\d)?$/.exec(
    text,
  );
  if (date === null) throw new EngineError('invalid', `invalid filter 'until=${text}'`);
  const [, day, hour = '00', minute = '00', second = '00', zone = 'Z'] = date;
  return parseTimestamp(`${day}T${hour}:${minute}:${second}${zone}`);
}
