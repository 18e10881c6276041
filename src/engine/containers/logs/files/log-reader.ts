import type { LogSelection } from '#linux';
import { decodeText, type Progress } from './decode-text.ts';
import { type Place, start } from './find-place.ts';
import type { LogFile } from './log-file.ts';
import { closeAll, inodeOf, type LogFiles } from './log-files.ts';

export interface LogReaderOptions {
  readonly path: string;
  readonly selection: LogSelection;
  /** Goes on to files that are made after the reader was opened. */
  readonly follow: boolean;
}

/** Reads a log from a place on, through all its files, in the order in which they were written. */
export class LogReader implements AsyncDisposable {
  readonly #files: LogFiles;
  readonly #options: LogReaderOptions;
  /** The file that is being read, and younger ones. */
  readonly #queue: LogFile[];
  readonly #progress: Progress;

  private constructor(files: LogFiles, options: LogReaderOptions, queue: LogFile[], position: number) {
    this.#files = files;
    this.#options = options;
    this.#queue = queue;
    this.#progress = { position, past: false };
  }

  /** Opens at the place that `find` chooses among the files, oldest first. */
  static async open(
    files: LogFiles,
    options: LogReaderOptions,
    find: (files: readonly LogFile[]) => Promise<Place> = async () => start,
  ): Promise<LogReader> {
    const queue = await files.open(options.path);
    await using undo = new AsyncDisposableStack();
    undo.defer(() => closeAll(queue));
    const { index, offset } = await find(queue);
    await closeAll(queue.splice(0, index));
    undo.move();
    return new LogReader(files, options, queue, offset);
  }

  /** Behind the last entry that was read: the inode of its file, and the offset in its text. */
  get position(): { readonly inode: bigint; readonly offset: number } | undefined {
    const inode = this.#queue[0]?.inode;
    return inode === undefined ? undefined : { inode, offset: this.#progress.position };
  }

  /** An entry was later than what is wanted: there is no more to come. */
  get past(): boolean {
    return this.#progress.past;
  }

  /** What there is to read now; to be called again when the log has grown. */
  async *read(): AsyncGenerator<Uint8Array> {
    do {
      const [file] = this.#queue;
      if (file === undefined) continue;
      await using text = file.text();
      yield* decodeText(text, this.#progress, this.#options.selection);
    } while (!this.past && (await this.#advance()));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await closeAll(this.#queue);
  }

  /** Goes on to where there may be more to read. A file is read to its end once more when a younger one is known. */
  async #advance(): Promise<boolean> {
    const [current] = this.#queue;
    if (this.#queue.length > 1) {
      await this.#queue.shift()?.[Symbol.asyncDispose]();
      this.#progress.position = 0;
      return true;
    }
    if (!this.#options.follow) return false;
    const inode = await inodeOf(this.#options.path);
    if (inode === undefined) return false;
    if (inode !== current?.inode) return await this.#openYounger(current?.inode);
    if ((await current.size()) >= this.#progress.position) return false;
    // Someone has emptied the file.
    this.#progress.position = 0;
    return true;
  }

  async #openYounger(inode: bigint | undefined): Promise<boolean> {
    const younger = await this.#files.open(this.#options.path, inode);
    this.#queue.push(...younger);
    return younger.length > 0;
  }
}
