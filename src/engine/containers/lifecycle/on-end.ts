import type { ContainerContext } from '../context.ts';
import { endMonitor } from '../health/monitor.ts';
import type { ContainerRecord } from '../types.ts';

/** Ends what onLive() began, when a container's process has ended; its record tells how. */
export function onEnd(context: ContainerContext, record: ContainerRecord): void {
  context.live.delete(record.id);
  context.oomWatches.end(record.id);
  context.logPacking.end(record.id);
  context.logShipping.end(record.id);
  endMonitor(context, record);
  context.secretFiles.discard(record.id);
}
