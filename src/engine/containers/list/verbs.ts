import type { ContainerContext } from '../context.ts';
import { isLive } from '../state.ts';
import type { Containers } from '../types.ts';
import { inspectContainer } from './inspect.ts';
import { listContainers } from './list.ts';

/** What tells about containers from their records. */
export function viewVerbs(context: ContainerContext): Pick<Containers, 'list' | 'inspect' | 'counts'> {
  const { records, execs } = context;
  return {
    list: (query) => listContainers(context, query),
    async inspect(ref, options = {}) {
      const record = records.find(ref);
      const execIds = execs.of(record.id).map(({ id }) => id);
      return await inspectContainer(context, record, { sizes: options.sizes === true, execIds });
    },
    counts() {
      const all = records.all();
      const paused = all.filter(({ state }) => state.status === 'paused').length;
      const running = all.filter(({ state }) => isLive(state)).length - paused;
      return { running, paused, stopped: all.length - running - paused };
    },
  };
}
