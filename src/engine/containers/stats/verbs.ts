import type { ContainerContext } from '../context.ts';
import type { Containers } from '../types.ts';
import { sampleStats } from './stats.ts';
import { containerProcesses } from './top.ts';

/** What running containers use of the host. */
export function usageVerbs(context: ContainerContext): Pick<Containers, 'top' | 'stats'> {
  const { records } = context;
  return {
    top: async (ref, psArgs) => await containerProcesses(context, records.find(ref), psArgs || '-ef'),
    stats: (ref, options, signal) => sampleStats(context, records.find(ref), options, signal),
  };
}
