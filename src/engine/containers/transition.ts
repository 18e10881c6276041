import type { ContainerContext } from './context.ts';
import { type LifecycleEvent, next } from './state.ts';
import type { ContainerId, ContainerRecord } from './types.ts';

/** What may change together with a state. */
export type Alongside = Partial<
  Pick<
    ContainerRecord,
    | 'sandbox'
    | 'restartCount'
    | 'stopRequested'
    | 'restartRequested'
    | 'removesVolumes'
    | 'config'
    | 'argv'
    | 'pending'
    | 'mounts'
    | 'edit'
  >
>;

/** The one writer of states: stores the next state, with what changes alongside, then tells who waits. */
export function transition(
  context: ContainerContext,
  id: ContainerId,
  event: LifecycleEvent,
  alongside: Alongside = {},
): ContainerRecord {
  const before = context.records.find(id);
  const state = next(before.state, event);
  const record = context.records.update(id, { ...alongside, state });
  context.watch.notify(id, state);
  return record;
}
