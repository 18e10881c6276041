import { errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import { restartRunning } from '../lifecycle/restart.ts';
import type { ContainerRecord } from '../types.ts';

/** The label that says whether a container restarts when it is unhealthy: `unhealthy`, or `never`. */
const label = 'wharf.restart-on';

/** Restarts an unhealthy container that wants it, by its label or else by the daemon's setting. */
export function restartUnhealthy(context: ContainerContext, record: ContainerRecord): void {
  const wish = record.config.Labels?.[label];
  if (wish === undefined ? !context.settings.restartUnhealthy : wish !== 'unhealthy') return;
  const { id } = record;
  context.log.info('an unhealthy container is restarted', { id });
  // Unlike a user's restart it is counted.
  restartRunning(context, id, {}).catch((error) =>
    context.log.error('an unhealthy container was not restarted', { id, error: errorMessage(error) }),
  );
}
