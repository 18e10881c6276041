import type { ContainerId } from '../types.ts';
import { backOffMs } from './back-off.ts';

interface BackOff {
  readonly delayMs: number;
  readonly timer: NodeJS.Timeout;
}

/**
 * The containers that wait to be started again, and how long each one waited last. Disposing forgets them, and
 * waits for the starts that are under way.
 */
export class Restarts implements AsyncDisposable {
  readonly #start: (id: ContainerId) => Promise<void>;
  readonly #backOffs = new Map<ContainerId, BackOff>();
  readonly #underWay = new Set<Promise<void>>();
  #disposed = false;

  /** @param start starts a container again if that is still wanted; must not reject */
  constructor(start: (id: ContainerId) => Promise<void>) {
    this.#start = start;
  }

  /** Starts a container again when it has waited; `ranNs` is how long it ran. */
  schedule(id: ContainerId, ranNs: bigint): void {
    if (this.#disposed) return;
    const delayMs = backOffMs(this.#backOffs.get(id)?.delayMs, ranNs);
    const timer = setTimeout(() => this.track(this.#start(id)), delayMs);
    this.#backOffs.set(id, { delayMs, timer });
  }

  /** A container that a user starts, stops or removes neither waits nor has waited. */
  forget(id: ContainerId): void {
    clearTimeout(this.#backOffs.get(id)?.timer);
    this.#backOffs.delete(id);
  }

  /** Has disposing wait for work that does not reject. */
  track(work: Promise<void>): void {
    this.#underWay.add(work);
    void work.finally(() => this.#underWay.delete(work));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true;
    for (const id of [...this.#backOffs.keys()]) this.forget(id);
    await Promise.all(this.#underWay);
  }
}
