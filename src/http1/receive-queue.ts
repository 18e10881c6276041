const highWater = 256 << 10;

/** What a socket's callbacks put in and a reader takes out, with the signals to slow the socket down. */
export class ReceiveQueue {
  readonly #chunks: Uint8Array[] = [];
  readonly #flow: { pause(): void; resume(): void };
  #size = 0;
  #paused = false;
  #ended = false;
  #failure: Error | undefined;
  #wake: (() => void) | undefined;

  constructor(flow: { pause(): void; resume(): void }) {
    this.#flow = flow;
  }

  push(chunk: Uint8Array): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > highWater && !this.#paused) {
      this.#paused = true;
      this.#flow.pause();
    }
    this.#wake?.();
  }

  /** No more will come: the end, or a failure that the reader shall see after what has arrived. */
  close(failure?: Error): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#failure = failure;
    this.#wake?.();
  }

  /** The next chunk, or undefined at the end. One reader at a time. */
  async take(): Promise<Uint8Array | undefined> {
    while (this.#chunks.length === 0) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#ended) return undefined;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
      this.#wake = undefined;
    }
    const chunk = this.#chunks.shift() as Uint8Array;
    this.#size -= chunk.length;
    if (this.#paused && this.#size < highWater / 2) {
      this.#paused = false;
      this.#flow.resume();
    }
    return chunk;
  }
}
