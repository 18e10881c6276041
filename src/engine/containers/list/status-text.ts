import { humanDuration } from '#base';
import type { ContainerState } from '../types.ts';

const nsPerMillisecond = 1_000_000n;

/** A container's state as `docker ps` shows it. */
export function statusText(state: ContainerState, timeNs: bigint): string {
  const { run } = state;
  const since = (momentNs: bigint) => humanDuration(Number((timeNs - momentNs) / nsPerMillisecond));
  switch (state.status) {
    case 'running':
      return `Up ${since(run.startedNs)}`;
    case 'paused':
      return `Up ${since(run.startedNs)} (Paused)`;
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
