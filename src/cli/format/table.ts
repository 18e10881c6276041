/** The least width of a column and the space after its widest cell. */
interface ColumnRules {
  readonly narrowest: number;
  readonly gap: number;
}

const gap = 3;
const standardRules: ColumnRules = { narrowest: 10, gap };

/**
 * Lines of cells as a table: each column but the last is as wide as its widest cell and a gap, and at
 * least ten characters.
 */
export function layOutTable(rows: readonly (readonly string[])[], rules = standardRules): string {
  const widths = columnWidths(rows, rules);
  return rows.map((row) => `${layOutRow(row, widths)}\n`).join('');
}

function layOutRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => (column === row.length - 1 ? cell : padTo(cell, widths[column] ?? 0)))
    .join('');
}

function columnWidths(rows: readonly (readonly string[])[], rules: ColumnRules): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? rules.narrowest, length(cell) + rules.gap);
    });
  }
  return widths;
}

function padTo(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - length(cell)));
}

function length(cell: string): number {
  return [...cell].length;
}

const processColumn = 20;

/** Lines of cells as `top` shows them: wide columns, the last cell free. */
export function layOutProcesses(rows: readonly (readonly string[])[]): string {
  return layOutTable(rows, { narrowest: processColumn, gap });
}
