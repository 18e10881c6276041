import { ApiError, ConnectionError } from '#client';
import { ExitError } from './command.ts';
import type { Session } from './session.ts';

/** The words for a failed call, as the stock client says them. */
export function failureText(error: unknown): string {
  if (error instanceof ApiError) return `Error response from daemon: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

/** What the program ends with when a command threw; offers to start a daemon where none listens. */
export function describeFailure(error: unknown, session: Session): ExitError {
  const exitCode = error instanceof ExitError ? error.exitCode : 1;
  const cause = error instanceof ExitError ? error.cause : error;
  const offer =
    cause instanceof ConnectionError &&
    cause.absent &&
    session.caller.program === 'wharf' &&
    session.usesDefaultHost
      ? '\nStart one with: wharf daemon start'
      : '';
  return new ExitError(exitCode, `${failureText(error)}${offer}`);
}
