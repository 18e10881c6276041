import { type FileHandle, open } from 'node:fs/promises';
import { errnoOf, parseTimestamp } from '#base';
import type { LogEntry, LogOptions } from '../types.ts';
import { LineSplitter, parseLogLine } from './parse-log.ts';
import { tailOffset } from './tail-offset.ts';

const blockBytes = 256 * 1024;

/** Tells when a log has grown; undefined for a log that will not grow any more. */
export interface LogGrowth extends Disposable {
  /** Resolves at the next growth, true, or at the end of the container's life, false. */
  next(): Promise<boolean>;
}

/** Reads a json-file log, from its end backwards only as far as the tail goes, then on as it grows. */
export async function* readLog(
  path: string,
  options: LogOptions,
  growth: LogGrowth | undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly LogEntry[]> {
  using _growth = growth;
  await using file = await openLog(path);
  if (file === undefined) return;
  const { size } = await file.stat();
  const start = options.tail === undefined ? 0 : await tailOffset(file, size, options.tail);
  const select = selector(options);
  for await (const lines of readLines(file, start, growth, signal)) {
    const { entries, done } = select(lines);
    if (entries.length > 0) yield entries;
    if (done) return;
  }
}

async function* readLines(
  file: FileHandle,
  start: number,
  growth: LogGrowth | undefined,
  signal: AbortSignal,
): AsyncGenerator<string[]> {
  const splitter = new LineSplitter();
  const block = Buffer.allocUnsafe(blockBytes);
  let position = start;
  let grows = growth !== undefined;
  while (!signal.aborted) {
    // Asked for before the read: what comes after it is not missed.
    const next = grows ? growth?.next() : undefined;
    let bytesRead = 0;
    do {
      ({ bytesRead } = await file.read(block, 0, blockBytes, position));
      position += bytesRead;
      const lines = splitter.split(block.subarray(0, bytesRead));
      if (lines.length > 0) yield lines;
    } while (bytesRead > 0 && !signal.aborted);
    if (next === undefined) return;
    grows = await next;
  }
}

/** Parses lines and picks by stream and time; done when a line is later than what is wanted. */
function selector({ stdout, stderr, sinceNs, untilNs }: LogOptions) {
  const wanted = { stdout, stderr };
  return (lines: readonly string[]): { readonly entries: LogEntry[]; readonly done: boolean } => {
    const entries: LogEntry[] = [];
    for (const line of lines) {
      const entry = parseLogLine(line);
      if (entry === undefined || !wanted[entry.stream]) continue;
      if (sinceNs !== undefined && parseTimestamp(entry.time) < sinceNs) continue;
      if (untilNs !== undefined && parseTimestamp(entry.time) > untilNs) return { entries, done: true };
      entries.push(entry);
    }
    return { entries, done: false };
  };
}

async function openLog(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
