import type { ContainerContext } from '../context.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';

/** Tells when a log has grown, as long as its container lives. */
export interface LogGrowth extends Disposable {
  /**
   * Resolves at the next growth, true, or at the end of the container's life, false. To be called before the log is
   * read: what is written in between is told.
   */
  next(): Promise<boolean>;
}

/** Follows the growth of a live container's log until it ends or the signal comes. */
export function watchGrowth(
  { live, watch }: ContainerContext,
  { id }: ContainerRecord,
  signal: AbortSignal,
): LogGrowth {
  const stop = new AbortController();
  let waiting = Promise.withResolvers<boolean>();
  let ended = false;
  const subscription = live.get(id)?.task.logPosition(() => waiting.resolve(true));
  const isOver = (change: Parameters<Parameters<typeof watch.until>[1]>[0]) =>
    change === 'removed' || !isLive(change);
  void watch.until(id, isOver, AbortSignal.any([signal, stop.signal])).then(() => {
    ended = true;
    waiting.resolve(false);
  });
  return {
    next() {
      waiting = Promise.withResolvers();
      if (ended) waiting.resolve(false);
      return waiting.promise;
    },
    [Symbol.dispose]() {
      subscription?.[Symbol.dispose]();
      stop.abort();
    },
  };
}
