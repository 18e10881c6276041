/** For how long a server that did not answer is asked last. */
const restMs = 30_000;

/** Which servers did not answer lately, so that not every question waits for one that is gone. */
export class ServerHealth {
  readonly #restingUntil = new Map<string, number>();
  readonly #answeredAt = new Map<string, number>();
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /**
   * Whether a server has answered a question of that time. One that has answered another since is there: some
   * questions have no answer, and who asks one takes no server from the others.
   */
  note(server: string, hasAnswered: boolean, askedAtMs: number): void {
    if (hasAnswered) {
      this.#answeredAt.set(server, this.#now());
      this.#restingUntil.delete(server);
    } else if ((this.#answeredAt.get(server) ?? Number.NEGATIVE_INFINITY) < askedAtMs) {
      this.#restingUntil.set(server, this.#now() + restMs);
    }
  }

  /** In the order to ask them: as given, but for those that rest. */
  inOrder(servers: readonly string[]): readonly string[] {
    const rests = (server: string) => (this.#restingUntil.get(server) ?? 0) > this.#now();
    return [...servers.filter((server) => !rests(server)), ...servers.filter(rests)];
  }
}
