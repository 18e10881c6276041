import type { Http2Stream } from 'node:http2';
import { FrameReader } from './frames.ts';

/** So many bytes may wait before the other side has to. */
const mostWaiting = 1 << 20;

/**
 * The messages that come by a stream, to be iterated once. They are read by events: iterating the stream itself would
 * lose what comes just before its end.
 */
export class Inbox implements AsyncIterable<Uint8Array> {
  readonly #stream: Http2Stream;
  readonly #frames = new FrameReader();
  #waiting: Uint8Array[] = [];
  #waitingBytes = 0;
  #hasEnded = false;
  #error: unknown;
  #wake = () => {};

  constructor(stream: Http2Stream) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => this.#take(chunk));
    stream.on('error', (error) => this.#end(error));
    stream.on('end', () => this.#end());
    stream.on('close', () => this.#end());
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#waiting.length > 0) {
        yield* this.#takeAll();
        continue;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#hasEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #takeAll(): readonly Uint8Array[] {
    const taken = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#stream.resume();
    return taken;
  }

  #take(chunk: Uint8Array): void {
    if (this.#error !== undefined) return;
    try {
      for (const message of this.#frames.push(chunk)) {
        this.#waiting.push(message);
        // An empty message takes room too.
        this.#waitingBytes += message.length + 64;
      }
    } catch (error) {
      this.#end(error);
    }
    if (this.#waitingBytes > mostWaiting) this.#stream.pause();
    this.#wake();
  }

  #end(error?: unknown): void {
    this.#hasEnded = true;
    this.#error ??= error;
    this.#wake();
  }
}
