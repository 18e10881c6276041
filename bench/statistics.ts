import type { Measurement } from './results.ts';

export interface Spread {
  readonly low: number;
  readonly median: number;
  readonly high: number;
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** Median and quartiles. */
export function quartiles(values: readonly number[]): Spread {
  return { low: quantile(values, 0.25), median: median(values), high: quantile(values, 0.75) };
}

/**
 * Ratios of the medians of each round that both took part in: what slows the machine for a while slows both.
 * Median and extremes over the rounds; undefined without a common round.
 */
export function pairedRatio(
  subject: readonly Measurement[],
  base: readonly Measurement[],
): Spread | undefined {
  const baseOf = new Map(base.map((entry) => [entry.round, median(entry.values)]));
  const ratios = subject.flatMap(({ round, values }) => {
    const divisor = baseOf.get(round);
    return divisor === undefined || divisor === 0 ? [] : [median(values) / divisor];
  });
  if (ratios.length === 0) return undefined;
  return { low: Math.min(...ratios), median: median(ratios), high: Math.max(...ratios) };
}

/** Linear between the two nearest values; NaN of nothing. */
function quantile(values: readonly number[], fraction: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? Number.NaN;
  const above = sorted[Math.ceil(position)] ?? Number.NaN;
  return below + (above - below) * (position - Math.floor(position));
}
