/** Work that several may wait for at once: it runs once for each key, and is given up when nobody waits any more. */
export class Flights<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * Joins the work for a key, or begins it. Who began it stays until it has ended, also when nobody else wants it any
   * more: the work uses what that caller holds.
   * @param work gets a signal of its own
   * @throws what the work throws; the reason of `signal`, when that is aborted first
   */
  async join(key: string, work: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const joined = this.#flights.get(key);
    const flight = joined ?? this.#begin(key, work);
    flight.waiting += 1;
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([flight.result, aborted]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      flight.waiting -= 1;
      if (flight.waiting === 0) this.#abandon(key, flight, signal.reason);
      if (joined === undefined) await Promise.allSettled([flight.result]);
    }
  }

  #begin(key: string, work: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const result = work(controller.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    // Whoever began it may be gone before it fails.
    result.catch(() => undefined);
    const flight = { controller, result, waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  /** Who asks for it from now on gets it from the beginning. */
  #abandon(key: string, flight: Flight<T>, reason: unknown): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    flight.controller.abort(reason);
  }
}

interface Flight<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  waiting: number;
}
