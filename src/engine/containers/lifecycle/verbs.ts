import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import { publish } from '../publish.ts';
import { parseSignal } from '../signal.ts';
import { isLive } from '../state.ts';
import type { Containers, StopOptions } from '../types.ts';
import { createContainer } from './create.ts';
import { pauseContainer, unpauseContainer } from './pause.ts';
import { pruneContainers } from './prune.ts';
import { endAndRemove } from './remove.ts';
import { renameContainer } from './rename.ts';
import { startContainer } from './start.ts';
import { killContainer, stopContainer } from './stop.ts';

type LifecycleVerbs = Pick<
  Containers,
  'create' | 'start' | 'stop' | 'restart' | 'kill' | 'pause' | 'unpause' | 'rename' | 'remove' | 'prune'
>;

/** What changes a container's state. Stop and kill wait for an exit, which takes the lock: they hold none. */
export function lifecycleVerbs(context: ContainerContext): LifecycleVerbs {
  const { records } = context;
  return {
    create: (request, options) => createContainer(context, request, options),
    start: (ref) => locked(context, ref, (record) => startContainer(context, record)),
    stop: (ref, options = {}) => stopContainer(context, records.find(ref), options),
    restart: (ref, options = {}) => restartContainer(context, ref, options),
    kill: async (ref, signal) => await killContainer(context, ref, parseSignal(signal || 'SIGKILL')),
    pause: (ref) => locked(context, ref, (record) => pauseContainer(context, record)),
    unpause: (ref) => locked(context, ref, (record) => unpauseContainer(context, record)),
    rename: (ref, name) => locked(context, ref, (record) => renameContainer(context, record, name)),
    remove: (ref, options = {}) => endAndRemove(context, ref, options),
    prune: (filter = {}) => pruneContainers(context, filter),
  };
}

async function restartContainer(context: ContainerContext, ref: string, options: StopOptions): Promise<void> {
  const { id, state } = context.records.find(ref);
  if (isLive(state)) await stopContainer(context, context.records.find(id), options);
  await locked(context, id, async (record) => {
    await startContainer(context, record);
    publish(context, record, 'restart');
  });
}
