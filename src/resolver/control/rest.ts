/** A resolver that was asked nothing for so long is at rest. */
const quietMs = 10_000;

/** Calls back once after every stretch of work, the start included; at rest it costs nothing. */
export class Rest {
  readonly #onRest: () => void;
  #lastWork = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(onRest: () => void) {
    this.#onRest = onRest;
    this.note();
  }

  /** Something was to do. */
  note(): void {
    this.#lastWork = performance.now();
    this.#timer ??= this.#later(quietMs);
  }

  #later(ms: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), ms).unref();
  }

  #look(): void {
    const quiet = performance.now() - this.#lastWork;
    this.#timer = quiet < quietMs ? this.#later(quietMs - quiet) : undefined;
    if (this.#timer === undefined) this.#onRest();
  }
}
