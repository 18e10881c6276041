import type { LogEntry } from '../types.ts';

/** Reads one line of a json-file log; undefined for a line that was cut short by a power failure. */
export function parseLogLine(json: string): LogEntry | undefined {
  try {
    const { log, stream, time } = JSON.parse(json);
    if (typeof log !== 'string' || typeof time !== 'string') return undefined;
    return { stream: stream === 'stderr' ? 'stderr' : 'stdout', time, line: log };
  } catch {
    return undefined;
  }
}

/** Cuts bytes into lines across chunks. */
export class LineSplitter {
  #rest: Buffer = Buffer.alloc(0);

  /** The lines that end in this chunk, without their line feeds. */
  split(chunk: Buffer): string[] {
    const end = chunk.lastIndexOf(newline);
    if (end < 0) {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      return [];
    }
    const text = Buffer.concat([this.#rest, chunk.subarray(0, end)]).toString('utf8');
    this.#rest = Buffer.from(chunk.subarray(end + 1));
    return text.split('\n');
  }
}

const newline = 0x0a;
