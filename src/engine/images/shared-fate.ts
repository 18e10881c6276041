/** Parts of one work, side by side: when one fails, the others are given up. Disposing of it waits for their ends. */
export class SharedFate implements AsyncDisposable {
  /** The parts go by this; its reason is what failed first, or the caller's. */
  readonly signal: AbortSignal;
  readonly #failure = new AbortController();
  readonly #parts: Promise<unknown>[] = [];

  constructor(signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#failure.signal]);
  }

  add<T>(part: Promise<T>): Promise<T> {
    part.catch((error: unknown) => this.#failure.abort(error));
    this.#parts.push(part);
    return part;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#parts);
  }
}
