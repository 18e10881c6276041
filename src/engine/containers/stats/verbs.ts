import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import type { Containers } from '../types.ts';
import { sampleStats } from './stats.ts';
import { containerProcesses } from './top.ts';

/** What running containers use of the host. */
export function usageVerbs(context: ContainerContext): Pick<Containers, 'top' | 'stats'> {
  const { records } = context;
  return {
    async top(ref, psArgs) {
      const record = records.find(ref);
      const table = containerProcesses(context, record, psArgs || '-ef');
      publish(context, record, 'top');
      return table;
    },
    stats: (ref, options, signal) => sampleStats(context, records.find(ref), options, signal),
  };
}
