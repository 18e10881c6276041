/** Buffers that one side pushes and the other iterates; each is given back when the next one is asked for. */
export class BufferQueue implements AsyncIterable<Uint8Array> {
  readonly #giveBack: (buffer: ArrayBuffer) => void;
  readonly #filled: { readonly buffer: ArrayBuffer; readonly length: number }[] = [];
  #ended = false;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  constructor(giveBack: (buffer: ArrayBuffer) => void) {
    this.#giveBack = giveBack;
  }

  /** Adds the first `length` bytes of a buffer. */
  push(buffer: ArrayBuffer, length: number): void {
    this.#filled.push({ buffer, length });
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Makes the iteration throw at its next step. */
  fail(error: Error): void {
    this.#failure = error;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure;
      const next = this.#filled.shift();
      if (next !== undefined) {
        try {
          yield new Uint8Array(next.buffer, 0, next.length);
        } finally {
          this.#giveBack(next.buffer);
        }
      } else if (this.#ended) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }
}
