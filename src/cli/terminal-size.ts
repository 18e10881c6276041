import { isatty, WriteStream } from 'node:tty';

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

const defaultWidth = 80;

/** The columns of the terminal on standard input, or 80. */
export function terminalWidth(): number {
  return terminalSize(0)?.columns ?? defaultWidth;
}

/** The size of the terminal behind a descriptor; undefined when there is none. */
export function terminalSize(descriptor: 0 | 1 | 2): TerminalSize | undefined {
  if (!isatty(descriptor)) return undefined;
  const [columns, rows] = new WriteStream(descriptor).getWindowSize();
  return columns > 0 ? { rows, columns } : undefined;
}
