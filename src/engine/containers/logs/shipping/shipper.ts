import { setTimeout as sleep } from 'node:timers/promises';
import { logMode } from '#linux';
import { findTime, type Place, start, timeBefore } from '../files/find-place.ts';
import type { LogFile } from '../files/log-file.ts';
import type { LogFiles } from '../files/log-files.ts';
import { LogReader } from '../files/log-reader.ts';
import { type Cursor, readCursor, writeCursor } from './cursor.ts';
import { decodeLines } from './decode-lines.ts';
import type { Sender } from './sender.ts';
import type { ShippedLine } from './types.ts';

const mode = logMode.stdout | logMode.stderr | logMode.framed | logMode.timed;
const everything = { mode, prefix: new Uint8Array(0), sinceNs: -(1n << 63n), untilNs: (1n << 63n) - 1n };

/** How long what was sent may stay unknown to the disk: so much is sent twice after a crash. */
const saveMs = 500;

export interface ShipperOptions {
  readonly files: LogFiles;
  /** The log, a json-file. */
  readonly path: string;
  readonly cursorPath: string;
  readonly sender: Sender;
}

/** Sends one container's log, from where an earlier one has stopped, until the container has ended and all is sent. */
export class Shipper {
  readonly #options: ShipperOptions;
  readonly #opened = Promise.withResolvers<void>();
  #live = false;
  #hasNews = false;
  #wake: () => void = () => undefined;
  #sent: Cursor | undefined;
  #savedMs = 0;
  #saving: Promise<void> = Promise.resolve();
  #left = false;

  constructor(options: ShipperOptions) {
    this.#options = options;
  }

  /** Settles when the log's files are open and nothing is written beside them any more: they may be removed. */
  async leave(): Promise<void> {
    await this.#opened.promise;
    this.#left = true;
    await this.#saving;
  }

  /** Something was told that run() has not seen: it is to be run again. */
  get hasNews(): boolean {
    return this.#hasNews;
  }

  /** Tells that the log may have grown, and whether it may grow further. */
  tell(live: boolean): void {
    this.#live = live;
    this.#hasNews = true;
    this.#wake();
  }

  /** @throws what the sender gives up with, or the signal's reason */
  async run(signal: AbortSignal): Promise<void> {
    const onAbort = () => this.#wake();
    signal.addEventListener('abort', onAbort);
    try {
      const { reader, passedNs } = await this.#open();
      await using _reader = reader;
      this.#opened.resolve();
      await this.#ship(reader, passedNs, signal);
    } finally {
      signal.removeEventListener('abort', onAbort);
      this.#opened.resolve();
      await this.#save();
    }
  }

  /** Opens the log behind what was sent, or somewhat before; then `passedNs` tells the last that was. */
  async #open(): Promise<{ readonly reader: LogReader; readonly passedNs: bigint | undefined }> {
    const { files, path, cursorPath } = this.#options;
    const cursor = await readCursor(cursorPath);
    let passedNs: bigint | undefined;
    const reader = await LogReader.open(
      files,
      { path, selection: everything, follow: true },
      async (opened) => {
        if (cursor === undefined) return start;
        const place = await placeOf(opened, cursor);
        if (place !== undefined) return place;
        passedNs = cursor.timeNs;
        return await findTime(opened, mode, cursor.timeNs);
      },
    );
    return { reader, passedNs };
  }

  async #ship(reader: LogReader, passedNs: bigint | undefined, signal: AbortSignal): Promise<void> {
    let unknownFrom = passedNs;
    for (;;) {
      this.#hasNews = false;
      for await (const chunk of reader.read()) {
        const lines = linesAfter(decodeLines(chunk), unknownFrom);
        const last = lines.at(-1);
        if (last === undefined) continue;
        unknownFrom = undefined;
        await this.#options.sender.send(lines, signal);
        if (reader.position !== undefined) this.#sent = { ...reader.position, timeNs: last.timeNs };
        if (Date.now() - this.#savedMs > saveMs) await this.#save();
      }
      signal.throwIfAborted();
      if (this.#hasNews) continue;
      if (!this.#live) return;
      await this.#pause();
      signal.throwIfAborted();
    }
  }

  /** Waits for news; when they do not come soon, what has been sent is noted on disk. */
  async #pause(): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    if (this.#sent !== undefined) {
      const isSoon = await Promise.race([woken.then(() => true), sleep(saveMs, false)]);
      if (!isSoon) await this.#save();
    }
    await woken;
  }

  /** Where there is no room for it, some lines will be sent twice. */
  async #save(): Promise<void> {
    const sent = this.#sent;
    if (sent === undefined || this.#left) return;
    this.#sent = undefined;
    this.#savedMs = Date.now();
    this.#saving = writeCursor(this.#options.cursorPath, sent).catch(() => undefined);
    await this.#saving;
  }
}

function linesAfter(lines: readonly ShippedLine[], timeNs: bigint | undefined): readonly ShippedLine[] {
  if (timeNs === undefined) return lines;
  const first = lines.findIndex((line) => line.timeNs > timeNs);
  return first < 0 ? [] : lines.slice(first);
}

/** The place behind what was sent, if its file is there and has not become another. */
async function placeOf(files: readonly LogFile[], cursor: Cursor): Promise<Place | undefined> {
  const index = files.findIndex(({ inode, compressed }) => inode === cursor.inode && !compressed);
  const file = files[index];
  if (file === undefined || (await file.size()) < cursor.offset) return undefined;
  const isSame = (await timeBefore(file, mode, cursor.offset)) === cursor.timeNs;
  return isSame ? { index, offset: cursor.offset } : undefined;
}
