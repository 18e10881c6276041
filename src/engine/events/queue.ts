import { EngineError, nowNs } from '#base';
import type { EngineEvent } from './types.ts';

/** Events a reader may be behind before it is given up; memory for a few megabytes at most. */
const patience = 16_384;

export interface DrainOptions {
  readonly untilNs: bigint | undefined;
  readonly signal: AbortSignal;
}

/** What one reader has still to read. */
export class EventQueue {
  #waiting: EngineEvent[] = [];
  #overflown = false;
  #wake: () => void = () => undefined;

  push(event: EngineEvent): void {
    if (this.#waiting.length >= patience) this.#overflown = true;
    else this.#waiting.push(event);
    this.#wake();
  }

  /** Everything pushed so far and from now on, until the given moment or the signal. */
  async *drain(options: DrainOptions): AsyncGenerator<EngineEvent> {
    using deadline = startDeadline(options.untilNs, () => this.#wake());
    const onAbort = () => this.#wake();
    options.signal.addEventListener('abort', onAbort, { once: true });
    using _listener = { [Symbol.dispose]: () => options.signal.removeEventListener('abort', onAbort) };
    while (!options.signal.aborted) {
      const batch = this.#waiting;
      this.#waiting = [];
      for (const event of batch) {
        if (options.untilNs !== undefined && event.timeNs > options.untilNs) return;
        yield event;
      }
      if (this.#overflown) throw new EngineError('unavailable', 'events came faster than they were read');
      if (deadline.passed) return;
      if (this.#waiting.length === 0) await this.#next(options.signal);
    }
  }

  #next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** setTimeout can't count further. */
const longestMs = 2 ** 31 - 1;

function startDeadline(untilNs: bigint | undefined, onPass: () => void) {
  if (untilNs === undefined) return { passed: false, [Symbol.dispose]() {} };
  const leftMs = Number((untilNs - nowNs()) / 1_000_000n);
  const deadline = { passed: leftMs <= 0, [Symbol.dispose]: () => clearTimeout(timer) };
  const timer = setTimeout(
    () => {
      deadline.passed = true;
      onPass();
    },
    Math.min(Math.max(leftMs, 0), longestMs),
  );
  return deadline;
}
