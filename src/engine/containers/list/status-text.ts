import { humanDuration } from '#base';
import type { ContainerRecord, Health } from '../types.ts';

const nsPerMillisecond = 1_000_000n;

/** A container's state as `docker ps` shows it. */
export function statusText(
  { state, health }: Pick<ContainerRecord, 'state' | 'health'>,
  timeNs: bigint,
): string {
  const { run } = state;
  const since = (momentNs: bigint) => humanDuration(Number((timeNs - momentNs) / nsPerMillisecond));
  switch (state.status) {
    case 'running':
      return `Up ${since(run.startedNs)}${healthText(health)}`;
    case 'paused':
      return `Up ${since(run.startedNs)} (Paused)`;
    case 'restarting':
      return `Restarting (${run.exitCode}) ${since(run.finishedNs)} ago`;
    case 'exited':
      return `Exited (${run.exitCode}) ${since(run.finishedNs)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    default:
      return 'Created';
  }
}

function healthText(health: Health | undefined): string {
  if (health === undefined) return '';
  return health.status === 'starting' ? ' (health: starting)' : ` (${health.status})`;
}
