import { type LogSelection, logMode } from '#linux';
import type { LogOptions } from '../types.ts';
import { findTail, findTime, later, start } from './files/find-place.ts';
import type { LogFile } from './files/log-file.ts';
import type { LogFiles } from './files/log-files.ts';
import { LogReader } from './files/log-reader.ts';
import type { LogGrowth } from './log-growth.ts';

/** How far a clock may have been set back between two entries without hiding one from `since`. */
const clockSlackNs = 10_000_000_000n;

const earliestNs = -(1n << 63n);
const latestNs = (1n << 63n) - 1n;

/** A log and what is wanted of it. */
export interface LogRequest {
  readonly path: string;
  readonly format: 'json-file' | 'local';
  /** Each stream in frames of its own. */
  readonly framed: boolean;
  /** Stands before each line. */
  readonly prefix: string;
  readonly options: LogOptions;
}

/**
 * Opens a log; if `watch` gives a growth, it is read on until the container's life ends. From when this resolves on it
 * can be read whatever becomes of its files' names. The caller iterates over what it gives, as clients get it.
 */
export async function openLog(
  files: LogFiles,
  request: LogRequest,
  watch: () => LogGrowth | undefined,
  signal: AbortSignal,
): Promise<AsyncGenerator<Uint8Array>> {
  await using undo = new AsyncDisposableStack();
  const growth = undo.use(watch());
  const { path, options } = request;
  const selection = selectionOf(request);
  const reader = await LogReader.open(files, { path, selection, follow: growth !== undefined }, (opened) =>
    findStart(opened, selection.mode, options),
  );
  undo.use(reader);
  return readOn({ reader, growth, held: undo.move() }, signal);
}

interface OpenLog {
  readonly reader: LogReader;
  readonly growth: LogGrowth | undefined;
  /** Both of them, to be let go. */
  readonly held: AsyncDisposable;
}

async function* readOn({ reader, growth, held }: OpenLog, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  await using _held = held;
  for (let grows = growth !== undefined; ; ) {
    const next = grows ? growth?.next() : undefined;
    for await (const chunk of reader.read()) {
      yield chunk;
      if (signal.aborted) return;
    }
    if (next === undefined || reader.past) return;
    grows = await next;
  }
}

/**
 * A reader that comes later gets many entries at once: they share frames. One that follows gets each in its own, as
 * programs expect that take a frame for a line.
 */
function selectionOf({ format, framed, prefix, options }: LogRequest): LogSelection {
  const joined = !options.follow && !options.timestamps && prefix === '';
  const { stdout, stderr, timed, local } = logMode;
  const mode =
    (options.stdout ? stdout : 0) |
    (options.stderr ? stderr : 0) |
    (framed ? logMode.framed : 0) |
    (joined ? logMode.joined : 0) |
    (options.timestamps ? timed : 0) |
    (format === 'local' ? local : 0);
  return {
    mode,
    prefix: Buffer.from(prefix),
    sinceNs: options.sinceNs ?? earliestNs,
    untilNs: options.untilNs ?? latestNs,
  };
}

async function findStart(files: readonly LogFile[], mode: number, { tail, sinceNs }: LogOptions) {
  const lines = tail === undefined ? start : await findTail(files, mode, tail);
  const moment = sinceNs === undefined ? start : await findTime(files, mode, sinceNs - clockSlackNs);
  return later(lines, moment);
}
