import { EngineError, errorKind, errorMessage } from '#base';
import { hostPortInUse, type PublishedPort, type SandboxRecord } from '#engine/networks';
import type { LaunchPlan } from '#runtime';
import { launchFailureOf, startExitCode } from '#task';

/** What a start that failed leaves in the record, and what the caller is told. */
export interface StartFailure {
  readonly exitCode: number;
  readonly error: EngineError;
}

export function describeStartFailure(cause: unknown): StartFailure {
  const error =
    cause instanceof EngineError ? cause : new EngineError('internal', errorMessage(cause), { cause });
  return { error, exitCode: startExitCode(error.cause) };
}

/** What was to be started, for a failure that only its parts explain. */
export interface FailedLaunch {
  readonly plan: LaunchPlan;
  readonly sandbox: SandboxRecord | undefined;
}

/** The error of a task that did not come to life, in the words that clients know "no such command" by. */
export function taskFailure(cause: unknown, launch: FailedLaunch): EngineError {
  const port = portInUse(cause, launch);
  if (port !== undefined && launch.sandbox !== undefined) {
    return networkingFailure(hostPortInUse(launch.sandbox, port));
  }
  const message = `failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${errorMessage(cause)}`;
  return new EngineError(errorKind(cause), message, { cause });
}

/** The error of a container that can't be in its networks as asked. */
export function networkingFailure(cause: unknown): EngineError {
  const message = `failed to set up container networking: ${errorMessage(cause)}`;
  return new EngineError(errorKind(cause), message, { cause });
}

/** The published port whose listening socket the shim could not have. The two lists are in one order. */
function portInUse(cause: unknown, { plan, sandbox }: FailedLaunch): PublishedPort | undefined {
  const failure = launchFailureOf(cause);
  const index = failure?.list === 'before' ? failure.index : undefined;
  if (index === undefined || plan.before[index]?.op !== 'listen') return undefined;
  const earlier = plan.before.slice(0, index).filter(({ op }) => op === 'listen').length;
  return sandbox?.ports.filter(({ protocol }) => protocol !== 'sctp')[earlier];
}
