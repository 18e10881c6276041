import { fstatSync } from 'node:fs';
import type { StandardDescriptor, TerminalSize } from './types.ts';

/** The size of the terminal behind a descriptor of this process; undefined when there is none. */
export function terminalSize(descriptor: StandardDescriptor): TerminalSize | undefined {
  if (!isTerminal(descriptor)) return undefined;
  const [columns, rows] = new (ttyModule().WriteStream)(descriptor).getWindowSize();
  return columns > 0 ? { rows, columns } : undefined;
}

/** Pipes, files and /dev/null are told from terminals without node:tty, which costs 2 ms of start-up. */
export function isTerminal(descriptor: StandardDescriptor): boolean {
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
