import { EngineError, errorKind, errorMessage } from '#base';
import { startExitCode } from '#task';

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

/** The error of a task that did not come to life, in the words that clients know "no such command" by. */
export function taskFailure(cause: unknown): EngineError {
  const message = `failed to create task for container: failed to create shim task: OCI runtime create failed: unable to start container process: ${errorMessage(cause)}`;
  return new EngineError(errorKind(cause), message, { cause });
}
