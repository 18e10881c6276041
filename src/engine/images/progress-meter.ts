const intervalMs = 100;

/** Lets at most one report of a running count through each tenth of a second; the last one is the caller's to send. */
export class ProgressMeter {
  readonly #report: (current: number) => void;
  #current = 0;
  #reportedMs = 0;

  constructor(report: (current: number) => void) {
    this.#report = report;
  }

  get current(): number {
    return this.#current;
  }

  add(bytes: number): void {
    this.reach(this.#current + bytes);
  }

  /** For a count that may also fall back, as that of an upload that is taken up again. */
  reach(current: number): void {
    this.#current = current;
    const now = performance.now();
    if (now - this.#reportedMs < intervalMs) return;
    this.#reportedMs = now;
    this.#report(this.#current);
  }
}
