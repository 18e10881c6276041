import type { ContainerContext } from '../context.ts';
import type { LiveContainer } from '../live.ts';
import { drainLimitMs, portGroup } from '../record/port-group.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { closeListens, holdPorts, portHolderOf } from '../update/live-ports.ts';

/**
 * Lets a container's group take over the ports that it shares, and waits for its connections to end, before it is
 * asked to end itself; no longer than it lives. Nothing happens to a container without a group.
 */
export async function drainContainer(context: ContainerContext, ref: string): Promise<void> {
  const { id, config } = context.records.find(ref);
  const live = context.live.get(id);
  const holder = live && portHolderOf(live);
  if (holder === undefined || portGroup(config) === undefined) return;
  const done = new AbortController();
  const ended = context.watch.until(id, (change) => change === 'removed' || !isLive(change), done.signal);
  void ended.then(() => done.abort());
  const givenUp = AbortSignal.any([done.signal, context.closing, AbortSignal.timeout(drainLimitMs(config))]);
  try {
    await holder.sandbox.drain(() => closeListens(holder), givenUp);
  } catch (error) {
    // Who has no sockets any more needs none closed.
    if (!done.signal.aborted) throw error;
  } finally {
    done.abort();
  }
}

/** Opens the sockets of a container whose drain the last daemon began and did not come to the end of. */
export async function undoDrain(record: ContainerRecord, live: LiveContainer): Promise<void> {
  const holder = portHolderOf(live);
  if (holder !== undefined && portGroup(record.config) !== undefined) await holdPorts(holder);
}
