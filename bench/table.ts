import type { Measurement } from './results.ts';
import { pairedRatio, quartiles } from './statistics.ts';

/**
 * One row a metric: for every program the median and in brackets the quartiles, then for every program but the
 * first its ratio to the first, with the least and the greatest ratio of a round. A target stands behind the
 * ratios of Wharf that it is meant for.
 */
export function formatTable(measurements: readonly Measurement[]): string {
  const programs = unique(measurements.map((entry) => entry.program));
  const [base = '', ...others] = programs;
  const header = ['', ...programs, ...others.map((name) => `${name} : ${base}`)];
  const rows = unique(inOrder(measurements).map(rowKey)).map((key) => {
    const entries = measurements.filter((entry) => rowKey(entry) === key);
    const of = (program: string): Measurement[] => entries.filter((entry) => entry.program === program);
    return [
      key,
      ...programs.map((program) => formatValues(of(program))),
      ...others.map((program) => formatRatio(of(program), of(base))),
    ];
  });
  return align([header, ...rows]);
}

/** Processor time after everything else. */
function inOrder(measurements: readonly Measurement[]): Measurement[] {
  const isCpu = ({ unit }: Measurement): number => (unit === 'cpu ms' ? 1 : 0);
  return measurements.toSorted((a, b) => isCpu(a) - isCpu(b));
}

const rowKey = ({ name, unit }: Measurement): string => `${name}, ${unit}`;

function formatValues(entries: readonly Measurement[]): string {
  const failures = entries.reduce((total, entry) => total + entry.failures, 0);
  if (failures > 0) return `${failures} failed`;
  const values = entries.flatMap((entry) => entry.values);
  if (values.length === 0) return '-';
  const { low, median, high } = quartiles(values);
  return `${significant(median)} [${significant(low)} ${significant(high)}]`;
}

function formatRatio(subject: readonly Measurement[], base: readonly Measurement[]): string {
  if ([...subject, ...base].some((entry) => entry.failures > 0)) return '-';
  const ratio = pairedRatio(subject, base);
  if (ratio === undefined) return '-';
  const text = `${ratio.median.toFixed(2)} [${ratio.low.toFixed(2)} ${ratio.high.toFixed(2)}]`;
  const { target, program } = subject[0] ?? {};
  if (target === undefined || !program?.includes('wharf')) return text;
  return `${text} ${ratio.median <= target ? '≤' : 'not'} ${target}`;
}

/** Three digits that matter, never an exponent. */
function significant(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(digits, 2));
}

function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return rows.map(format).join('\n');
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
