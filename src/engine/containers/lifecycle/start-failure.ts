import { EngineError, errorKind, errorMessage } from '#base';

const notFound = 127;
const notExecutable = 126;
const otherwise = 128;

/** What a start that failed leaves in the record, and what the caller is told. */
export interface StartFailure {
  readonly exitCode: number;
  readonly error: EngineError;
}

export function describeStartFailure(cause: unknown): StartFailure {
  const error =
    cause instanceof EngineError ? cause : new EngineError('internal', errorMessage(cause), { cause });
  return { error, exitCode: exitCodeFor(error.message) };
}

/** The error of a task that did not come to life, in the words that clients know "no such command" by. */
export function taskFailure(cause: unknown): EngineError {
  const message = `failed to create task for container: failed to create shim task: OCI runtime create failed: unable to start container process: ${errorMessage(cause)}`;
  const isUsersFault = exitCodeFor(message) !== otherwise;
  return new EngineError(isUsersFault ? 'invalid' : errorKind(cause), message, { cause });
}

/** 127: there is no such program. 126: there is, but it can't be run. 128: anything else. */
export function exitCodeFor(reason: string): number {
  if (/executable file not found|no such file or directory/i.test(reason)) return notFound;
  if (/permission denied|is a directory|exec format error/i.test(reason)) return notExecutable;
  return otherwise;
}
