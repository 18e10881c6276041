import { ApiError } from '#client';
import type { Caller } from './caller/index.ts';
import { ExitError } from './command.ts';
import { failureText } from './failure.ts';

const parallelCalls = 50;

/**
 * Does `action` for every name, up to 50 at once, and prints each name (or what the action returns) in
 * the order given. @throws NamesError with one line for each name that failed
 */
export async function forEachName(
  caller: Caller,
  names: readonly string[],
  action: (name: string) => Promise<string | undefined>,
): Promise<void> {
  const failures: Failure[] = [];
  const results = startInTurn(names, action);
  for (const [position, name] of names.entries()) {
    try {
      const text = await results[position];
      if (text !== '') caller.writeOut(`${text ?? name}\n`);
    } catch (error) {
      failures.push({ name, error });
    }
  }
  if (failures.length > 0) throw new NamesError(failures);
}

interface Failure {
  readonly name: string;
  readonly error: unknown;
}

/** Some of the names failed: a line for each, exit code 1. */
export class NamesError extends ExitError {
  readonly names: readonly string[];
  /** True when the daemon knew none of them. */
  readonly onlyMissing: boolean;

  constructor(failures: readonly Failure[]) {
    super(1, failures.map(({ error }) => failureText(error)).join('\n'), failures[0]?.error);
    this.names = failures.map(({ name }) => name);
    this.onlyMissing = failures.every(({ error }) => error instanceof ApiError && error.status === 404);
  }
}

/** Starts all, each at most `parallelCalls` ahead of the one it waits for. */
function startInTurn<T>(names: readonly string[], action: (name: string) => Promise<T>): Promise<T>[] {
  const started: Promise<T>[] = [];
  for (const name of names) {
    const before = started[started.length - parallelCalls];
    const gate = before === undefined ? undefined : before.catch(() => undefined);
    const result = gate === undefined ? action(name) : gate.then(() => action(name));
    result.catch(() => undefined);
    started.push(result);
  }
  return started;
}
