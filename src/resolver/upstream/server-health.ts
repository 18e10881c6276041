/** For how long a server that did not answer is asked last. */
const restMs = 30_000;

/** Which servers did not answer lately, so that not every question waits for one that is gone. */
export class ServerHealth {
  readonly #restingUntil = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  note(server: string, hasAnswered: boolean): void {
    if (hasAnswered) this.#restingUntil.delete(server);
    else this.#restingUntil.set(server, this.#now() + restMs);
  }

  /** In the order to ask them: as given, but for those that rest. */
  inOrder(servers: readonly string[]): readonly string[] {
    const rests = (server: string) => (this.#restingUntil.get(server) ?? 0) > this.#now();
    return [...servers.filter((server) => !rests(server)), ...servers.filter(rests)];
  }
}
