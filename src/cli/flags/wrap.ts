/** A last line may be this much longer than the others, so that no short word stands alone. */
const slop = 5;
const narrowest = 24;
const blockIndent = 16;

/**
 * Wraps a flag's description that begins in column `indent` to `width` columns; following lines are
 * indented to the same column. A column too narrow moves the text to a block below.
 */
export function wrapText(text: string, indent: number, width: number): string {
  if (width - indent >= narrowest) return wrapLines(text, width - indent - slop).join(newLine(indent));
  if (width - blockIndent < narrowest) return text.replaceAll('\n', newLine(blockIndent));
  return newLine(blockIndent) + wrapLines(text, width - blockIndent - slop).join(newLine(blockIndent));
}

function wrapLines(text: string, limit: number): string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '' || lines.length === 0) {
    const end = lineEnd(rest, limit);
    lines.push(...rest.slice(0, end).split('\n'));
    rest = rest.slice(end + 1);
  }
  return lines;
}

/** Where the first line of `text` ends: at its last break within the limit. */
function lineEnd(text: string, limit: number): number {
  if (limit + slop > text.length) return text.length;
  const window = text.slice(0, limit);
  const space = Math.max(window.lastIndexOf(' '), window.lastIndexOf('\t'), window.lastIndexOf('\n'));
  if (space <= 0) return text.length;
  const newline = window.lastIndexOf('\n');
  return newline > 0 && newline < space ? newline : space;
}

function newLine(indent: number): string {
  return `\n${' '.repeat(indent)}`;
}
