import type { SourceRange } from './types.ts';

const around = 2;
const rule = '-'.repeat(20);

/**
 * The lines of a file around a place, those of the place marked, as build errors show them:
 * a heading `name:line`, then each line with its number.
 */
export function excerpt(name: string, text: string, range: SourceRange): string {
  const lines = text.split(/\r?\n/);
  const first = Math.max(1, range.start - around);
  const last = Math.min(lines.length, range.end + around);
  const rows = Array.from({ length: last - first + 1 }, (_, index) => {
    const number = first + index;
    const mark = number >= range.start && number <= range.end ? '>>>' : '   ';
    return `${String(number).padStart(4)} | ${mark} ${lines[number - 1] ?? ''}`;
  });
  return [`${name}:${range.start}`, rule, ...rows, rule, ''].join('\n');
}
