import type { LinuxSeccomp, SeccompArgument, SeccompRule } from '#oci';
import { ENOSYS, returnValue, seccompReturn } from './actions.ts';
import type { Architecture } from './architectures.ts';

/** What becomes of a system call: the first case whose conditions all hold, else `otherwise`. */
export interface Verdict {
  readonly cases: readonly VerdictCase[];
  readonly otherwise: number;
}

export interface VerdictCase {
  readonly conditions: readonly SeccompArgument[];
  readonly value: number;
}

/** System calls from `from` up to the next range's start. */
export interface VerdictRange {
  readonly from: number;
  readonly verdict: Verdict;
}

/** The ranges of numbers that a filter treats alike, from the architecture's first number on. */
export function verdictRanges(filter: LinuxSeccomp, architecture: Architecture): readonly VerdictRange[] {
  const fallback = returnValue(filter.defaultAction, filter.defaultErrnoRet);
  const verdicts = verdictsByNumber(filter.syscalls ?? [], architecture, fallback);
  const ranges: VerdictRange[] = [];
  const add = (from: number, verdict: Verdict) => {
    const last = ranges.at(-1)?.verdict;
    if (last === undefined || !isSame(last, verdict)) ranges.push({ from, verdict });
  };
  let next = architecture.numberBase;
  for (const [number, verdict] of [...verdicts].sort(([one], [other]) => one - other)) {
    if (number > next) add(next, { cases: [], otherwise: fallback });
    add(number, verdict);
    next = number + 1;
  }
  add(next, { cases: [], otherwise: beyondKnown(filter, fallback) });
  return ranges;
}

/**
 * Calls newer than any the filter names are told not to exist: a C library then falls back to older ones,
 * where EPERM would be taken for the call's own answer.
 */
function beyondKnown(filter: LinuxSeccomp, fallback: number): number {
  return filter.defaultAction === 'SCMP_ACT_ERRNO' ? seccompReturn.errno | ENOSYS : fallback;
}

function verdictsByNumber(
  rules: readonly SeccompRule[],
  { numbers }: Architecture,
  fallback: number,
): ReadonlyMap<number, Verdict> {
  const verdicts = new Map<number, Verdict>();
  for (const rule of rules) {
    const cases = casesOf(rule);
    for (const name of rule.names) {
      const number = numbers.get(name);
      if (number !== undefined) verdicts.set(number, extend(verdicts.get(number), cases, fallback));
    }
  }
  return verdicts;
}

/** A rule without conditions settles its calls, whatever other rules say of their arguments. */
function extend(known: Verdict | undefined, cases: readonly VerdictCase[], fallback: number): Verdict {
  const settled = cases.find(({ conditions }) => conditions.length === 0);
  if (known === undefined && settled === undefined) return { cases, otherwise: fallback };
  if (known === undefined || (settled !== undefined && known.cases.length > 0)) {
    return { cases: [], otherwise: settled?.value ?? fallback };
  }
  return known.cases.length === 0 ? known : { ...known, cases: [...known.cases, ...cases] };
}

/** Conditions on one argument are alternatives when there are several; on different ones, all must hold. */
function casesOf({ action, errnoRet, args = [] }: SeccompRule): readonly VerdictCase[] {
  const value = returnValue(action, errnoRet);
  const isRepeated = new Set(args.map(({ index }) => index)).size < args.length;
  if (isRepeated) return args.map((condition) => ({ conditions: [condition], value }));
  return [{ conditions: args, value }];
}

function isSame(one: Verdict, other: Verdict): boolean {
  return one.cases.length === 0 && other.cases.length === 0 && one.otherwise === other.otherwise;
}
