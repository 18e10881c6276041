const nsOf: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

/** Nanoseconds of a text like `1h15m` or `-1.5s`; undefined when it is none. */
export function tryParseDuration(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const body = text.replace(/^[+-]/, '');
  if (body === '0') return 0;
  if (!/^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/.test(body)) return undefined;
  let total = 0;
  for (const [, number, unit = ''] of body.matchAll(/([\d.]+)([a-zµμ]+)/g))
    total += Number(number) * (nsOf[unit] ?? 0);
  return sign * Math.trunc(total);
}
