import type { Flag, FlagTable } from './types.ts';
import { wrapText } from './wrap.ts';

/** The help's lines for a flag table, sorted by name, wrapped to `width` columns. */
export function flagUsages(table: FlagTable, width: number): string {
  const shown = Object.entries(table).filter(([, flag]) => !flag.hidden);
  const rows = shown
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, flag]) => ({ label: flagLabel(name, flag), summary: describe(flag) }));
  const column = Math.max(0, ...rows.map((row) => row.label.length)) + 3;
  return rows.map((row) => `${row.label.padEnd(column)}${wrapText(row.summary, column, width)}\n`).join('');
}

function flagLabel(name: string, flag: Flag<unknown>): string {
  const short = flag.short === undefined ? '      ' : `  -${flag.short}, `;
  return `${short}--${name}${flag.valueName === '' ? '' : ` ${flag.valueName}`}`;
}

function describe(flag: Flag<unknown>): string {
  return flag.defaultText === undefined ? flag.summary : `${flag.summary} (default ${flag.defaultText})`;
}
