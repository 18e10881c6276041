import type { ContainerContext } from '../context.ts';
import { isLive } from '../state.ts';
import type { StateChange } from '../state-watch.ts';
import type { ContainerId } from '../types.ts';

/** Tells when a log has grown, as long as its container lives. */
export interface LogGrowth extends Disposable {
  /**
   * Resolves at the next growth, true, or at the end of the container's life, false. To be called before the log is
   * read: what is written in between is told.
   */
  next(): Promise<boolean>;
}

/** Follows a container's log until the container ends or the signal comes; undefined for one that does not live. */
export function watchGrowth(
  { live, watch }: ContainerContext,
  id: ContainerId,
  signal: AbortSignal,
): LogGrowth | undefined {
  const task = live.get(id)?.task;
  if (task === undefined) return undefined;
  const stop = new AbortController();
  let waiting = Promise.withResolvers<boolean>();
  let ended = false;
  const subscription = task.logPosition(() => waiting.resolve(true));
  const isOver = (change: StateChange) => change === 'removed' || !isLive(change);
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
      subscription[Symbol.dispose]();
      stop.abort();
    },
  };
}
