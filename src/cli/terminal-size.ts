import { fstatSync } from 'node:fs';

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
  if (!isTerminal(descriptor)) return undefined;
  const [columns, rows] = new (ttyModule().WriteStream)(descriptor).getWindowSize();
  return columns > 0 ? { rows, columns } : undefined;
}

/** Pipes, files and /dev/null are told from terminals without node:tty, which costs 2 ms of start-up. */
export function isTerminal(descriptor: number): boolean {
  return mayBeTerminal(descriptor) && ttyModule().isatty(descriptor);
}

/** Loaded by those who have a terminal. */
export function ttyModule() {
  return process.getBuiltinModule('node:tty');
}

/** The major number of /dev/null and its like. */
const memoryDevices = 1;

function mayBeTerminal(descriptor: number): boolean {
  try {
    const status = fstatSync(descriptor);
    return status.isCharacterDevice() && status.rdev >> 8 !== memoryDevices;
  } catch {
    return false;
  }
}
