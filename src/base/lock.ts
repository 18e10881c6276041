import { EngineError } from './errors.ts';

/** A mutex per key: calls with one key run one after the other, in the order they came. */
export class KeyedLock {
  readonly #tails = new Map<string, Promise<void>>();

  /** Runs `work` when all earlier work for `key` has ended; a failure does not stop later work. */
  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(work);
    const tail = result.then(
      () => undefined,
      () => undefined,
    );
    this.#tails.set(key, tail);
    try {
      return await result;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }
}

/** Work of which one at a time may run; who comes meanwhile is refused. */
export class SingleRun {
  readonly #refusal: string;
  #isRunning = false;

  constructor(refusal: string) {
    this.#refusal = refusal;
  }

  /** @throws EngineError conflict, with the refusal, while earlier work runs */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#isRunning) throw new EngineError('conflict', this.#refusal);
    this.#isRunning = true;
    try {
      return await work();
    } finally {
      this.#isRunning = false;
    }
  }
}
