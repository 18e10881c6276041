import type { ContainerRecord } from '../types.ts';

type Restartable = Pick<ContainerRecord, 'hostConfig' | 'restartCount' | 'stopRequested'>;

/** Whether a container whose run ends now is to be started again by its restart policy. */
export function restartsAfterExit(record: Restartable, exitCode: number): boolean {
  return !record.stopRequested && policyAllows(record, exitCode);
}

/**
 * Whether a container that does not run is to be started when the daemon starts: by its policy, of which only
 * `unless-stopped` remembers that a user had stopped it, or because a restart was under way.
 */
export function restartsAtBoot(record: ContainerRecord): boolean {
  const { status, run } = record.state;
  if (status !== 'exited') return status === 'restarting';
  if (record.restartRequested) return true;
  if (record.hostConfig.RestartPolicy.Name === 'unless-stopped' && record.stopRequested) return false;
  return policyAllows(record, run.exitCode);
}

function policyAllows({ hostConfig, restartCount }: Restartable, exitCode: number): boolean {
  const { Name, MaximumRetryCount } = hostConfig.RestartPolicy;
  switch (Name) {
    case 'always':
    case 'unless-stopped':
      return true;
    case 'on-failure':
      return exitCode !== 0 && (MaximumRetryCount === 0 || restartCount < MaximumRetryCount);
    default:
      return false;
  }
}
