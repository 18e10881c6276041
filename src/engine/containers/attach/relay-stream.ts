import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { DetachScanner } from './detach-keys.ts';
import type { FrameFilter } from './frame-filter.ts';

export interface RelayOptions {
  /** Keys in the input that end the conversation and leave the process. */
  readonly detachKeys?: Uint8Array;
  readonly onDetach?: () => void;
  /** Which frames of the output the reader gets; absent: all. */
  readonly filter?: FrameFilter;
  /** The reader sees the end of the output only after this: then what is asked next knows the exit code. */
  readonly ended?: Promise<unknown>;
}

type Done = (error?: Error | null) => void;

/**
 * A conversation with a process, which may begin before the process does: input is held back until connect().
 * Both directions wait for the slower side; the end of one leaves the other open.
 */
export class RelayStream extends Duplex {
  readonly #scanner: DetachScanner | undefined;
  readonly #onDetach: () => void;
  readonly #filter: FrameFilter | undefined;
  readonly #ended: Promise<unknown> | undefined;
  #socket: Socket | undefined;
  #held: (() => void) | undefined;
  #preface: Promise<void> | undefined;
  #wanted: (() => void) | undefined;
  #isReading = false;
  #detached = false;

  constructor(options: RelayOptions = {}) {
    super({ allowHalfOpen: true });
    this.#scanner = options.detachKeys && new DetachScanner(options.detachKeys);
    this.#onDetach = options.onDetach ?? (() => undefined);
    this.#ended = options.ended;
    this.#filter = options.filter;
  }

  /** Whether the reader left by the keys. */
  get detached(): boolean {
    return this.#detached;
  }

  /** What the reader gets before the process's output, at its own pace; told before connect() or finish(). */
  precede(chunks: AsyncIterable<Uint8Array>): void {
    this.#preface = this.#pushAll(chunks).catch((error) => void this.destroy(error));
  }

  /** Ends the output without a process, after what precedes it. */
  finish(): void {
    void (this.#preface ?? Promise.resolve()).then(() => this.push(null));
  }

  /** Joins the stream to the process's side; called once. */
  connect(socket: Socket): void {
    this.#socket = socket;
    // It may break while what precedes is read.
    socket.on('error', () => undefined);
    this.#held?.();
    this.#held = undefined;
    if (this.#preface === undefined) this.#readFrom(socket);
    else void this.#preface.then(() => this.#readFrom(socket));
  }

  #readFrom(socket: Socket): void {
    this.#isReading = true;
    socket.on('data', (chunk: Buffer) => {
      const passed = this.#filter?.filter(chunk) ?? chunk;
      if (passed.length > 0 && !this.push(passed)) socket.pause();
    });
    const end = () => this.#endAfter(this.#ended);
    if (socket.destroyed) end();
    socket.once('end', end).once('close', end).on('error', end);
    if (this.destroyed) socket.destroy();
    // It may be paused, and a reader who came first does not ask again.
    socket.resume();
  }

  async #pushAll(chunks: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const chunk of chunks) {
      if (this.destroyed || this.#detached) return;
      if (this.push(chunk)) continue;
      await new Promise<void>((resolve) => {
        this.#wanted = resolve;
      });
    }
  }

  override _read(): void {
    this.#wanted?.();
    this.#wanted = undefined;
    if (this.#isReading) this.#socket?.resume();
  }

  override _write(chunk: Uint8Array, _encoding: string, done: Done): void {
    this.#whenConnected((socket) => {
      const { passed, detached } = this.#scanner?.scan(chunk) ?? { passed: chunk, detached: false };
      if (passed.length === 0) done();
      else if (socket.writable) socket.write(passed, () => done());
      else done();
      if (detached) this.#detach();
    });
  }

  override _final(done: Done): void {
    this.#whenConnected((socket) => {
      if (socket.writable) socket.end();
      done();
    });
  }

  override _destroy(error: Error | null, done: Done): void {
    this.#socket?.destroy();
    this.#wanted?.();
    done(error);
  }

  #whenConnected(action: (socket: Socket) => void): void {
    const socket = this.#socket;
    if (socket !== undefined) action(socket);
    else this.#held = () => this.#socket && action(this.#socket);
  }

  #detach(): void {
    this.#detached = true;
    this.#onDetach();
    this.#socket?.removeAllListeners('data').destroy();
    this.push(null);
  }

  /** The process's side has ended: whoever reads gets the rest and the end. */
  #endAfter(ended: Promise<unknown> | undefined): void {
    if (ended === undefined) this.push(null);
    else void ended.finally(() => this.push(null)).catch(() => undefined);
  }
}
