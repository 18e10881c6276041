import { ExitError } from '../command.ts';
import { failureText } from '../failure.ts';
import type { Session } from '../session.ts';
import { daemonFailureCode } from '../stream/exit-status.ts';

const notFoundCode = 127;
const notExecutableCode = 126;

/** A failure of `run` or `create` as it is shown and what the program ends with. */
export function asRunFailure(
  error: unknown,
  { caller: { program }, commandPath }: Session,
  exitCode = daemonFailureCode,
): ExitError {
  if (error instanceof ExitError) return error;
  const hint = `Run '${program} ${commandPath} --help' for more information`;
  return new ExitError(exitCode, `${program}: ${failureText(error)}\n\n${hint}`, error);
}

/** The code for a container that could not be started, as a shell would give it. */
export function startFailureCode(error: unknown): number {
  const text = failureText(error);
  if (
    /executable file not found|no such file or directory|system cannot find the file specified/.test(text)
  ) {
    return notFoundCode;
  }
  if (/permission denied|is a directory/.test(text)) return notExecutableCode;
  return daemonFailureCode;
}

/** @throws Error for a value of `--pull` that means nothing */
export function checkPull(value: string): void {
  if (!['', 'always', 'missing', 'never'].includes(value)) {
    throw new Error(`invalid pull option: '${value}': must be one of "always", "missing" or "never"`);
  }
}
