import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage, type Log } from '#base';
import type { Destination, ShippedLine } from './types.ts';

const firstDelayMs = 100;
const longestDelayMs = 10_000;

export interface SenderOptions {
  connect(signal: AbortSignal): Promise<Destination>;
  readonly log: Log;
  readonly containerId: string;
}

/** Sends lines to one destination, connecting when there is something to send, and again when that failed. */
export class Sender implements AsyncDisposable {
  readonly #options: SenderOptions;
  #destination: Destination | undefined;

  constructor(options: SenderOptions) {
    this.#options = options;
  }

  /** Resolves when the lines were taken, however often that had to be tried: some may have been sent twice. */
  async send(lines: readonly ShippedLine[], signal: AbortSignal): Promise<void> {
    for (let failures = 0; ; failures++) {
      try {
        this.#destination ??= await this.#options.connect(signal);
        return await this.#destination.send(lines, signal);
      } catch (error) {
        await this[Symbol.asyncDispose]();
        signal.throwIfAborted();
        if (failures === 0) this.#warn(error);
      }
      await sleep(Math.min(longestDelayMs, firstDelayMs * 2 ** failures), undefined, { signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const destination = this.#destination;
    this.#destination = undefined;
    await destination?.[Symbol.asyncDispose]();
  }

  #warn(error: unknown): void {
    const { log, containerId } = this.#options;
    log.warn('a log can not be sent at the moment', { container: containerId, error: errorMessage(error) });
  }
}
