import { pruneRefusal, SingleRun } from '#base';
import type { ContainerContext } from '../context.ts';
import { removeLink } from '../links/remove-link.ts';
import { locked } from '../locked.ts';
import type { Containers } from '../types.ts';
import { createContainer } from './create.ts';
import { pauseContainer, unpauseContainer } from './pause.ts';
import { pruneContainers } from './prune.ts';
import { endAndRemove } from './remove.ts';
import { renameContainer } from './rename.ts';
import { restartContainer } from './restart.ts';
import { startAsAsked } from './start.ts';
import { killContainer, stopContainer } from './stop.ts';

type LifecycleVerbs = Pick<
  Containers,
  | 'create'
  | 'start'
  | 'stop'
  | 'restart'
  | 'kill'
  | 'pause'
  | 'unpause'
  | 'rename'
  | 'remove'
  | 'removeLink'
  | 'prune'
>;

/** What changes a container's state. Stop and kill wait for an exit, which takes the lock: they hold none. */
export function lifecycleVerbs(context: ContainerContext): LifecycleVerbs {
  const pruning = new SingleRun(pruneRefusal);
  return {
    create: (request, options) => createContainer(context, request, options),
    start: (ref) => locked(context, ref, (record) => startAsAsked(context, record)),
    stop: (ref, options = {}) => stopContainer(context, ref, options),
    restart: (ref, options = {}) => restartContainer(context, ref, options),
    kill: (ref, signal) => killContainer(context, ref, signal || 'SIGKILL'),
    pause: (ref) => locked(context, ref, (record) => pauseContainer(context, record)),
    unpause: (ref) => locked(context, ref, (record) => unpauseContainer(context, record)),
    rename: (ref, name) => locked(context, ref, (record) => renameContainer(context, record, name)),
    remove: (ref, options = {}) => endAndRemove(context, ref, options),
    removeLink: (name) => removeLink(context, name),
    prune: (filter = {}) => pruning.run(() => pruneContainers(context, filter)),
  };
}
