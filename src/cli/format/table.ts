/** The least width of a column and the space after its widest cell. */
interface ColumnRules {
  readonly narrowest: number;
  readonly gap: number;
}

type Row = readonly string[];

const gap = 3;
const standardRules: ColumnRules = { narrowest: 10, gap };

/**
 * Lines of cells as a table: each column but the last is as wide as its widest cell and a gap, and at
 * least ten characters.
 */
export function layOutTable(rows: readonly Row[], rules = standardRules): string {
  const length = surrogate.test(rows.map((row) => row.join('')).join('')) ? characters : codeUnits;
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) {
      const width = length(cell) + rules.gap;
      if (width > (widths[column] ?? rules.narrowest)) widths[column] = width;
    }
  }
  const pad = (cell: string, column: number) =>
    cell.padEnd((widths[column] ?? rules.narrowest) + cell.length - length(cell));
  return rows.map((row) => `${row.slice(0, -1).map(pad).join('')}${row.at(-1) ?? ''}\n`).join('');
}

/** Where there is none, characters are code units, which are counted already. */
const surrogate = /[\ud800-\udbff]/;

function characters(cell: string): number {
  return [...cell].length;
}

function codeUnits(cell: string): number {
  return cell.length;
}

const processColumn = 20;

/** Lines of cells as `top` shows them: wide columns, the last cell free. */
export function layOutProcesses(rows: readonly Row[]): string {
  return layOutTable(rows, { narrowest: processColumn, gap });
}
