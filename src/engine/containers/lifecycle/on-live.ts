import type { ContainerContext } from '../context.ts';
import { startMonitor } from '../health/monitor.ts';
import { openLinks } from '../links/link-effects.ts';
import type { LiveContainer } from '../live.ts';
import type { ContainerRecord } from '../types.ts';
import { finishEdit } from '../update/finish-edit.ts';
import { watchExit } from './exit.ts';

/**
 * Begins what goes on beside a live container: called after every start, and for every container that this
 * daemon takes over. Each line is one matter; none of them may wait or throw.
 */
export function onLive(context: ContainerContext, record: ContainerRecord, live: LiveContainer): void {
  context.live.set(record.id, live);
  context.oomWatches.begin(context, record);
  watchExit(context, record.id, live.task);
  openLinks(context, record);
  context.logPacking.begin(context, record);
  context.logShipping.begin(context, record);
  startMonitor(context, record);
  finishEdit(context, record, live);
}
