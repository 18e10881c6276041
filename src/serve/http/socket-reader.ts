import type { Socket } from 'node:net';

/** So much is taken from a socket ahead of its reader, which is how the end is seen while nobody reads. */
const readAheadBytes = 64 << 10;

/**
 * What comes from a socket, to be pulled; one reader at a time. While little is waiting the socket keeps
 * flowing, so `onGone` tells early that the client went away.
 */
export class SocketReader {
  readonly #socket: Socket;
  readonly #chunks: Buffer[] = [];
  #bytes = 0;
  #ended = false;
  #wake: (() => void) | undefined;
  #gone = false;
  /** Called when the client has gone. */
  onGone: (() => void) | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#push(chunk));
    socket.on('end', () => this.#finish(this.#bytes === 0));
    socket.on('close', () => this.#finish(true));
  }

  /** Whether the connection broke, or the client ended its side and all it sent was taken. */
  get gone(): boolean {
    return this.#gone;
  }

  /** The next bytes; undefined at the end, for good. */
  async read(): Promise<Buffer | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    const chunk = this.#chunks.shift();
    this.#bytes -= chunk?.length ?? 0;
    if (this.#bytes < readAheadBytes && !this.#ended) this.#socket.resume();
    return chunk;
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes >= readAheadBytes) this.#socket.pause();
    this.#wake?.();
  }

  #finish(gone: boolean): void {
    this.#ended = true;
    this.#wake?.();
    if (!gone || this.#gone) return;
    this.#gone = true;
    this.onGone?.();
  }
}
