import type { ContainerState } from '../types.ts';

const nsPerSecond = 1_000_000_000n;

/** A container's state as `docker ps` shows it. */
export function statusText(state: ContainerState, timeNs: bigint): string {
  const { run } = state;
  switch (state.status) {
    case 'running':
      return `Up ${humanDuration(timeNs - run.startedNs)}`;
    case 'paused':
      return `Up ${humanDuration(timeNs - run.startedNs)} (Paused)`;
    case 'exited':
      return `Exited (${run.exitCode}) ${humanDuration(timeNs - run.finishedNs)} ago`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    default:
      return 'Created';
  }
}

/** A length of time in the words of Docker's clients, rounded to its largest unit. */
export function humanDuration(durationNs: bigint): string {
  const seconds = Number(durationNs / nsPerSecond);
  const minutes = Math.floor(seconds / 60);
  const hours = Math.round(seconds / 3600);
  if (seconds < 1) return 'Less than a second';
  if (seconds === 1) return '1 second';
  if (seconds < 60) return `${seconds} seconds`;
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.floor(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.floor(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.floor(hours / 24 / 30)} months`;
  return `${Math.floor(hours / 24 / 365)} years`;
}
