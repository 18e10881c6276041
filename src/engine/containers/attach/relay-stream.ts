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

  /** Joins the stream to the process's side; called once. */
  connect(socket: Socket): void {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      const passed = this.#filter?.filter(chunk) ?? chunk;
      if (passed.length > 0 && !this.push(passed)) socket.pause();
    });
    const end = () => this.#endAfter(this.#ended);
    socket.once('end', end).once('close', end).on('error', end);
    if (this.destroyed) socket.destroy();
    this.#held?.();
    this.#held = undefined;
    // It may be paused, and a reader who came first does not ask again.
    socket.resume();
  }

  override _read(): void {
    this.#socket?.resume();
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
