import type { Http2Stream } from 'node:http2';
import { FrameReader } from './frames.ts';

/** So many messages may wait before the other side has to. */
const mostWaiting = 64;

/**
 * The messages that come by a stream, to be iterated once. They are read by events: iterating the stream itself would
 * lose what comes just before its end.
 */
export class Inbox implements AsyncIterable<Uint8Array> {
  readonly #stream: Http2Stream;
  readonly #frames = new FrameReader();
  readonly #waiting: Uint8Array[] = [];
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
      const next = this.#waiting.shift();
      if (next !== undefined) {
        if (this.#waiting.length < mostWaiting / 2) this.#stream.resume();
        yield next;
        continue;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#hasEnded) return;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  #take(chunk: Uint8Array): void {
    try {
      this.#waiting.push(...this.#frames.push(chunk));
    } catch (error) {
      this.#end(error);
    }
    if (this.#waiting.length > mostWaiting) this.#stream.pause();
    this.#wake();
  }

  #end(error?: unknown): void {
    this.#hasEnded = true;
    this.#error ??= error;
    this.#wake();
  }
}
