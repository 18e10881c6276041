import { writeSync } from 'node:fs';
import { isTerminal, terminalSize } from './terminal-size.ts';
import type { Caller } from './types.ts';

/** This process, as the caller of a command that runs in it. */
export function ownProcess(): Caller {
  return {
    program: programOf(process.argv0),
    argv: process.argv.slice(2),
    environment: process.env,
    get directory() {
      return process.cwd();
    },
    writeOut: (content) => writeAll(1, content),
    writeError: (content) => writeAll(2, content),
    isTerminal,
    terminalSize,
    onSignal: (signal, listener) => void process.on(signal, listener),
    exit: (exitCode) => process.exit(exitCode),
  };
}

/** The name under which a program with these first words is known to its user. */
export function programOf(argv0: string): string {
  return /(^|\/)docker$/.test(argv0) ? 'docker' : 'wharf';
}

/** A closed pipe ends a program with SIGPIPE's code, as the shell expects. */
const brokenPipeExitCode = 141;

/** Never through process.stdout, which costs 15 ms of start-up. */
function writeAll(descriptor: 1 | 2, content: string | Uint8Array): undefined {
  let rest = typeof content === 'string' ? Buffer.from(content) : content;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (!isCode(error, 'EAGAIN')) return giveUp(descriptor, error);
      sleepMs(1);
    }
  }
  return undefined;
}

function giveUp(descriptor: 1 | 2, error: unknown): undefined {
  if (descriptor === 1 && isCode(error, 'EPIPE')) process.exit(brokenPipeExitCode);
  if (descriptor === 1) throw error;
  return undefined;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Standard output may be a terminal that another program has made non-blocking. */
function sleepMs(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
