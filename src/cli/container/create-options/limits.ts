import type { Ulimit } from '#api';

const nanosPerCpu = 1e9;

/** A number of CPUs (`1.5`, `3/2`) in billionths. @throws Error with the stock client's words */
export function parseCpus(text: string): number {
  const match = /^([+-]?(?:\d+(?:\.\d*)?|\.\d+))(?:\/(\d+))?$/.exec(text);
  if (match === null) throw new Error(`failed to parse ${text} as a rational number`);
  const nanos = (Number(match[1]) * nanosPerCpu) / Number(match[2] ?? 1);
  const rounded = Math.round(nanos);
  if (Math.abs(nanos - rounded) > 1e-6) throw new Error('value is too precise');
  return rounded;
}

const ulimitNames = new Set([
  'as',
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
]);

/** `name=soft[:hard]`; -1 is unlimited. @throws Error with the stock client's words */
export function parseUlimit(text: string): Ulimit {
  const equals = text.indexOf('=');
  if (equals < 0) throw new Error(`invalid ulimit argument: ${text}`);
  const name = text.slice(0, equals);
  if (!ulimitNames.has(name)) throw new Error(`invalid ulimit type: ${name}`);
  const parts = text.slice(equals + 1).split(':');
  if (parts.length > 2)
    throw new Error(
      `too many limit value arguments - ${text.slice(equals + 1)}, can only have up to two, \`soft[:hard]\``,
    );
  const [soft = 0, hard = soft] = parts.map(parseLimit);
  if (hard !== -1 && soft === -1) {
    throw new Error(
      `ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: ${hard}`,
    );
  }
  if (hard !== -1 && soft > hard) {
    throw new Error(`ulimit soft limit must be less than or equal to hard limit: ${soft} > ${hard}`);
  }
  return { Name: name, Hard: hard, Soft: soft };
}

function parseLimit(text: string): number {
  if (/^-?\d+$/.test(text)) return Number(text);
  throw new Error(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}
