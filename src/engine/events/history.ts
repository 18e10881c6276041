import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nowNs, undefinedFor } from '#base';
import { encodeLine, nameSegment, parseLines, type Segment, tryParseSegment } from './segment.ts';
import type { EngineEvent } from './types.ts';

export interface HistoryOptions {
  /** Made when it is missing. */
  readonly folder: string;
  /** Told of a disk that takes no more; those events are only missing from the history. */
  readonly onError: (error: unknown) => void;
  readonly limits?: HistoryLimits;
}

export interface HistoryLimits {
  readonly segmentBytes: number;
  readonly segments: number;
  readonly ageNs: bigint;
}

const dayNs = 86_400n * 1_000_000_000n;

/** 64 MiB, which is room for some 200,000 events, and 30 days. */
const defaultLimits: HistoryLimits = { segmentBytes: 4 << 20, segments: 16, ageNs: 30n * dayNs };

const writeDelayMs = 100;

/**
 * The past events, in files that only grow and of which the oldest go. What is added is written together after a tenth
 * of a second, without a sync: a killed daemon loses at most that tenth, a power cut what the kernel had not written.
 */
export class EventHistory implements Disposable {
  readonly #folder: string;
  readonly #onError: (error: unknown) => void;
  readonly #limits: HistoryLimits;
  /** Oldest first; the last one is being written. */
  #segments: Segment[];
  #fd: number | undefined;
  #bytes = 0;
  #pending: EngineEvent[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({ folder, onError, limits = defaultLimits }: HistoryOptions) {
    this.#folder = folder;
    this.#onError = onError;
    this.#limits = limits;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#segments = listSegments(folder);
    const last = this.#segments.at(-1);
    if (last !== undefined) this.#bytes = statSync(join(folder, last.name)).size;
    this.#dropOld();
  }

  /** Notes an event; costs its caller no call to the kernel. */
  add(event: EngineEvent): void {
    this.#pending.push(event);
    this.#timer ??= setTimeout(() => this.flush(), writeDelayMs).unref();
  }

  /** Hands everything that was added to the kernel. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const [first] = this.#pending;
    if (first === undefined) return;
    const text = Buffer.from(this.#pending.map(encodeLine).join(''));
    this.#pending = [];
    try {
      this.#write(text, first.timeNs);
    } catch (error) {
      this.#onError(error);
    }
  }

  /** Everything that is kept from a moment until now, a segment at a time. What is added later is not in it. */
  replay(sinceNs: bigint): AsyncGenerator<EngineEvent[]> {
    this.flush();
    // The moment may lie in the middle of a segment, which then is the one before the first that begins after it.
    const next = this.#segments.findIndex(({ firstNs }) => firstNs > sinceNs);
    const from = next < 0 ? this.#segments.length - 1 : next - 1;
    return readSegments(this.#folder, this.#segments.slice(Math.max(0, from)), sinceNs, this.#bytes);
  }

  [Symbol.dispose](): void {
    this.flush();
    this.#close();
  }

  #write(text: Buffer, firstNs: bigint): void {
    this.#fd ??= this.#openLast();
    if (this.#fd === undefined || this.#bytes + text.length > this.#limits.segmentBytes) {
      this.#close();
      this.#fd = this.#openNext(firstNs);
    }
    this.#bytes += writeSync(this.#fd, text);
  }

  /** The segment that an earlier daemon wrote last. */
  #openLast(): number | undefined {
    const last = this.#segments.at(-1);
    if (last === undefined) return undefined;
    const fd = openSync(join(this.#folder, last.name), 'a+', 0o600);
    if (!endsLine(fd, this.#bytes)) this.#bytes += writeSync(fd, '\n');
    return fd;
  }

  #openNext(firstNs: bigint): number {
    const segment = nameSegment((this.#segments.at(-1)?.position ?? 0) + 1, firstNs);
    const fd = openSync(join(this.#folder, segment.name), 'a', 0o600);
    this.#segments.push(segment);
    this.#bytes = 0;
    this.#dropOld();
    return fd;
  }

  /** A segment is too old when the one after it is. */
  #dropOld(): void {
    const oldestNs = nowNs() - this.#limits.ageNs;
    for (;;) {
      const [first, second] = this.#segments;
      if (first === undefined || second === undefined) return;
      if (this.#segments.length <= this.#limits.segments && second.firstNs >= oldestNs) return;
      rmSync(join(this.#folder, first.name), { force: true });
      this.#segments = this.#segments.slice(1);
    }
  }

  #close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

function listSegments(folder: string): Segment[] {
  return readdirSync(folder)
    .flatMap((name) => tryParseSegment(name) ?? [])
    .sort((a, b) => a.position - b.position);
}

function endsLine(fd: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size === 0 || readSync(fd, last, 0, 1, size - 1) === 0 || last.toString() === '\n';
}

async function* readSegments(
  folder: string,
  segments: readonly Segment[],
  sinceNs: bigint,
  lastBytes: number,
): AsyncGenerator<EngineEvent[]> {
  for (const segment of segments) {
    const content = await readIfThere(join(folder, segment.name));
    const end = segment === segments.at(-1) ? lastBytes : content.length;
    yield parseLines(content.toString('utf8', 0, end), sinceNs);
  }
}

/** Old segments may go while they are read. */
async function readIfThere(path: string): Promise<Buffer> {
  return (await readFile(path).catch(undefinedFor('ENOENT'))) ?? Buffer.alloc(0);
}
