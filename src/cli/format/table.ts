const narrowestColumn = 10;
const gap = 3;

/**
 * Lines of cells as a table: each column but the last is as wide as its widest cell and a gap, and at
 * least ten characters.
 */
export function layOutTable(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${layOutRow(row, columnWidths(rows))}\n`).join('');
}

function layOutRow(row: readonly string[], widths: readonly number[]): string {
  return row
    .map((cell, column) => (column === row.length - 1 ? cell : padTo(cell, widths[column] ?? 0)))
    .join('');
}

function columnWidths(rows: readonly (readonly string[])[]): number[] {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? narrowestColumn, length(cell) + gap);
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
