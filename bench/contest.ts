import { setImmediate } from 'node:timers/promises';
import type { Results } from './results.ts';
import type { Program } from './spawner.ts';
import { Subject } from './tests/subject.ts';
import type { Test } from './tests/types.ts';

/** Programs that are compared by the same tests; the first is what the others are compared to. */
export interface Contest<P extends Program> {
  readonly programs: readonly P[];
  readonly tests: readonly Test<P>[];
}

/**
 * Runs every test on every program, test by test, beginning each round with another program. Ends early, between
 * two tests, when the signal says so.
 */
export async function runRound<P extends Program>(
  contest: Contest<P>,
  round: number,
  results: Results,
  signal: AbortSignal,
): Promise<void> {
  const { programs, tests } = contest;
  const shift = round % Math.max(1, programs.length);
  const order = [...programs.slice(shift), ...programs.slice(0, shift)];
  for (const test of tests) {
    for (const program of order) {
      await setImmediate();
      if (signal.aborted) return;
      test.run(new Subject(program, results, round));
    }
  }
}

/** The contest with only the tests and programs that were asked for; no words means all tests, no tests no programs. */
export function narrow<P extends Program>(
  contest: Contest<P>,
  words: readonly string[],
  programs: readonly string[] | undefined,
): Contest<P> {
  const tests = contest.tests.filter(({ name }) => words.length === 0 || words.includes(name));
  const takesPart = ({ name }: P): boolean =>
    tests.length > 0 && (programs === undefined || programs.includes(name));
  return { programs: contest.programs.filter(takesPart), tests };
}
