import type { Connection } from './connection.ts';

const idleMs = 15_000;
const idlePerHost = 8;

interface Idle {
  readonly connection: Connection;
  readonly timer: NodeJS.Timeout;
}

/** Connections that wait a while for their next use, by host and trust. */
export class Pool {
  readonly #idle = new Map<string, Idle[]>();

  /** Hands out the connection that was used last, if it still stands. */
  take(key: string): Connection | undefined {
    const idle = this.#idle.get(key);
    for (let last = idle?.pop(); last !== undefined; last = idle?.pop()) {
      clearTimeout(last.timer);
      if (last.connection.isReusable) return last.connection;
    }
    return undefined;
  }

  /** Keeps a connection whose exchange has ended; drops it when enough of them wait. */
  put(key: string, connection: Connection): void {
    const idle = this.#idle.get(key) ?? [];
    this.#idle.set(key, idle);
    if (idle.length >= idlePerHost) {
      connection.destroy();
      return;
    }
    const timer = setTimeout(() => {
      idle.splice(0, idle.length, ...idle.filter((other) => other.connection !== connection));
      connection.destroy();
    }, idleMs).unref();
    idle.push({ connection, timer });
  }

  clear(): void {
    for (const { connection, timer } of [...this.#idle.values()].flat()) {
      clearTimeout(timer);
      connection.destroy();
    }
    this.#idle.clear();
  }
}
