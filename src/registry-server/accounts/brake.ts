/** What slows somebody down who guesses. */
interface Failures {
  readonly count: number;
  readonly lastMs: number;
  /** How long after the last one nothing is tried any more. */
  readonly waitMs: number;
}

/** How many wrong guesses are free: of one name from one address, and of all names from one address. */
const freeForName = 5;
const freeForAddress = 30;
const longestWaitMs = 15 * 60_000;
/** Who has not guessed for so long is forgotten. */
const forgottenAfterMs = 60 * 60_000;
const mostKept = 10_000;

/**
 * Makes guessing slow: after some wrong passwords every further one doubles the time in which an address is not
 * listened to, for that name or, after many, at all. A name can't be locked for others than the one who guesses.
 */
export class Brake {
  readonly #failures = new Map<string, Failures>();

  /** How long an address has to wait before it may try a name; 0: not at all. */
  waitMs(address: string, name: string, nowMs = Date.now()): number {
    const waits = keysOf(address, name).map(([key]) => {
      const { lastMs, waitMs } = this.#failures.get(key) ?? { lastMs: 0, waitMs: 0 };
      // A clock that was set back must not make the wait longer.
      return Math.min(lastMs + waitMs - nowMs, waitMs);
    });
    return Math.max(0, ...waits);
  }

  /** A password was wrong. */
  fail(address: string, name: string, nowMs = Date.now()): void {
    for (const [key, free] of keysOf(address, name)) {
      const count = (this.#failures.get(key)?.count ?? 0) + 1;
      const waitMs = count < free ? 0 : Math.min(1000 * 2 ** (count - free), longestWaitMs);
      // Set anew, so that the map is in the order of the last failures.
      this.#failures.delete(key);
      this.#failures.set(key, { count, lastMs: nowMs, waitMs });
    }
    this.#forget(nowMs);
  }

  /** A password was right. What the address did to other names stays. */
  succeed(address: string, name: string): void {
    this.#failures.delete(keyOf(address, name));
  }

  #forget(nowMs: number): void {
    for (const [key, { lastMs }] of this.#failures) {
      if (this.#failures.size <= mostKept && lastMs > nowMs - forgottenAfterMs) return;
      this.#failures.delete(key);
    }
  }
}

function keysOf(address: string, name: string): readonly (readonly [string, number])[] {
  return [
    [keyOf(address, name), freeForName],
    [address, freeForAddress],
  ];
}

function keyOf(address: string, name: string): string {
  return `${address} ${name}`;
}
