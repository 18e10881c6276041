/** Lets a number in at a time, which may change; the others wait in the order they came. */
export class Turnstile {
  readonly #places: () => number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(places: () => number) {
    this.#places = places;
  }

  /** Resolves with a place, to be given back by disposing of it; `onWait` is told when it is not at once. */
  async enter(onWait: () => void, signal: AbortSignal): Promise<Disposable> {
    signal.throwIfAborted();
    if (this.#inside < this.#places()) {
      this.#inside++;
    } else {
      const turn = this.#line(signal);
      onWait();
      await turn;
    }
    return { [Symbol.dispose]: () => this.#leave() };
  }

  async #line(signal: AbortSignal): Promise<void> {
    const turn = Promise.withResolvers<void>();
    const give = () => turn.resolve();
    const giveUp = () => {
      const at = this.#waiting.indexOf(give);
      if (at < 0) return;
      this.#waiting.splice(at, 1);
      turn.reject(signal.reason);
    };
    this.#waiting.push(give);
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await turn.promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** The place goes straight to the next in line. */
  #leave(): void {
    this.#inside--;
    while (this.#waiting.length > 0 && this.#inside < this.#places()) {
      this.#inside++;
      this.#waiting.shift()?.();
    }
  }
}
