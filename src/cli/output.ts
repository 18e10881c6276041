import { writeSync } from 'node:fs';

/** A closed pipe ends a program with SIGPIPE's code, as the shell expects. */
const brokenPipeExitCode = 141;

/** Writes text or bytes to standard output; never through process.stdout, which costs 15 ms of start-up. */
export function writeOut(content: string | Uint8Array): void {
  writeAll(1, content);
}

export function writeError(content: string | Uint8Array): void {
  writeAll(2, content);
}

function writeAll(descriptor: number, content: string | Uint8Array): void {
  let rest = typeof content === 'string' ? Buffer.from(content) : content;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if (!isCode(error, 'EAGAIN')) {
        giveUp(descriptor, error);
        return;
      }
      sleepMs(1);
    }
  }
}

function giveUp(descriptor: number, error: unknown): void {
  if (descriptor === 1 && isCode(error, 'EPIPE')) process.exit(brokenPipeExitCode);
  if (descriptor === 1) throw error;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

/** Standard output may be a terminal that another program has made non-blocking. */
function sleepMs(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
