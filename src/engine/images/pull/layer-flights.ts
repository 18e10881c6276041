import { EngineError } from '#base';

/** Progress of one layer's download, for everyone who waits for it. */
export type OnFlight<Progress> = (progress: Progress) => void;

interface Flight<Progress, Result> {
  readonly passengers: Set<OnFlight<Progress>>;
  readonly cancel: AbortController;
  readonly landed: Promise<Result>;
}

/**
 * Lets several pulls or pushes share one transfer: the first one starts it, all hear how it goes, and it is given up
 * when the last of them has gone.
 */
export class LayerFlights<Progress, Result = void> {
  readonly #flights = new Map<string, Flight<Progress, Result>>();

  /**
   * Waits for the transfer of `key`, which is started unless it is under way. When another's transfer fails an own one
   * is tried: it may go to another place, or with other credentials.
   */
  async board(
    key: string,
    start: (report: OnFlight<Progress>, signal: AbortSignal) => Promise<Result>,
    report: OnFlight<Progress>,
    signal: AbortSignal,
  ): Promise<Result> {
    for (;;) {
      signal.throwIfAborted();
      const others = this.#flights.get(key);
      if (others === undefined) return this.#ride(key, this.#start(key, start), report, signal);
      try {
        return await this.#ride(key, others, report, signal);
      } catch {
        // Its reason is its starter's to tell.
      }
    }
  }

  async #ride(
    key: string,
    flight: Flight<Progress, Result>,
    report: OnFlight<Progress>,
    signal: AbortSignal,
  ): Promise<Result> {
    flight.passengers.add(report);
    const left = Promise.withResolvers<never>();
    const leave = () => left.reject(signal.reason ?? new EngineError('internal', 'canceled'));
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([flight.landed, left.promise]);
    } finally {
      signal.removeEventListener('abort', leave);
      flight.passengers.delete(report);
      if (flight.passengers.size === 0) await this.#giveUp(key, flight);
    }
  }

  /** Waits until the transfer has cleaned up; who wants the layer now starts another one. */
  async #giveUp(key: string, flight: Flight<Progress, Result>): Promise<void> {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
    flight.cancel.abort(new EngineError('internal', 'canceled'));
    await flight.landed.catch(() => {});
  }

  #start(
    key: string,
    start: (report: OnFlight<Progress>, signal: AbortSignal) => Promise<Result>,
  ): Flight<Progress, Result> {
    const passengers = new Set<OnFlight<Progress>>();
    const cancel = new AbortController();
    const tellAll = (progress: Progress) => {
      for (const tell of passengers) tell(progress);
    };
    const landed = start(tellAll, cancel.signal).finally(() => {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    });
    landed.catch(() => {});
    const flight: Flight<Progress, Result> = { passengers, cancel, landed };
    this.#flights.set(key, flight);
    return flight;
  }
}
