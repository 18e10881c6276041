import { setTimeout as sleep } from 'node:timers/promises';
import { Interrupted } from './http/unreachable.ts';
import type { RegistryResponse } from './types.ts';

/** How long something is tried. */
export interface Patience {
  /** How often it may fail without having brought a byte. */
  readonly attempts: number;
  /** The first wait before the next try; later ones double. */
  readonly retryDelayMs: number;
  /** Hears of each wait. */
  readonly onWait?: OnWait;
}

export type OnWait = (waitMs: number) => void;

/** Who asks for longer waits than this, all together, is not waited for. */
const longestWaitMs = 30_000;
const busyStatuses = new Set([429, 503]);

/**
 * Asks until the answer is one to go by: a registry that is busy or a connection that was cut is tried again after
 * the wait that the registry asked for, or else after one that grows. The last answer or failure is the outcome. Who has
 * an own way to go on after a cut is told of it.
 */
export async function askPatiently(
  ask: () => Promise<RegistryResponse>,
  { attempts, retryDelayMs, onWait }: Patience,
  signal: AbortSignal,
  cuts: 'again' | 'told' = 'again',
): Promise<RegistryResponse> {
  let waitedMs = 0;
  for (let tried = 1; ; tried++) {
    const usual = retryDelayMs * 2 ** (tried - 1);
    let waitMs = usual;
    try {
      const response = await ask();
      if (!busyStatuses.has(response.status) || tried >= attempts) return response;
      waitMs = retryAfterMs(response.header('retry-after')) ?? usual;
      if (waitedMs + waitMs > longestWaitMs) return response;
      response.discard();
    } catch (error) {
      if (cuts === 'told' || !(error instanceof Interrupted) || tried >= attempts) throw error;
    }
    waitedMs += waitMs;
    onWait?.(waitMs);
    await sleep(waitMs, undefined, { signal });
  }
}

/** Seconds or a date; undefined for neither. */
export function retryAfterMs(header: string | undefined, nowMs = Date.now()): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const atMs = Date.parse(header);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
