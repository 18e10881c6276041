import { EngineError } from '#base';
import type { LinuxSeccomp } from '#oci';
import { seccompReturn } from './actions.ts';
import { type Architecture, architectureOf, nativeArchitecture, x32Bit } from './architectures.ts';
import { putAnyOf, putCondition } from './conditions.ts';
import { bpf, type Label, ReverseProgram } from './program.ts';
import { shareTests } from './shared-tests.ts';
import { type Verdict, type VerdictRange, verdictRanges } from './verdicts.ts';

/** What seccomp(2) takes to install a filter. */
export interface SeccompProgram {
  /** SECCOMP_FILTER_FLAG_* */
  readonly flags: number;
  /** An array of struct sock_filter. */
  readonly program: Uint8Array;
}

/** Offsets in struct seccomp_data. */
const numberOffset = 0;
const architectureOffset = 4;

const compiled = new WeakMap<LinuxSeccomp, SeccompProgram>();

/**
 * The filter as a program: a test of the architecture, then a binary search over ranges of system call numbers
 * that are treated alike. A system call of an architecture the filter does not name kills the process.
 * The same filter object is compiled once.
 * @throws EngineError invalid or notImplemented, for a filter the kernel would not take
 */
export function compileSeccomp(filter: LinuxSeccomp): SeccompProgram {
  let result = compiled.get(filter);
  if (result === undefined) {
    result = { flags: filterFlags(filter.flags), program: compileProgram(filter) };
    compiled.set(filter, result);
  }
  return result;
}

function compileProgram(filter: LinuxSeccomp): Uint8Array {
  const names = new Set([nativeArchitecture(), ...(filter.architectures ?? [])]);
  const sections = new Map<number, VerdictRange[]>();
  for (const architecture of [...names].flatMap((name) => architectureOf(name) ?? [])) {
    const ranges = sections.get(architecture.auditNumber) ?? [];
    ranges.push(...verdictRanges(filter, architecture));
    sections.set(architecture.auditNumber, ranges);
  }
  const program = new ReverseProgram();
  let next = program.return(seccompReturn.killProcess);
  // The first architecture is the native one: it is tested first, so written last.
  for (const [auditNumber, ranges] of [...sections].reverse()) {
    const search = program.load(numberOffset, putSearch(program, withoutX32(ranges, auditNumber)));
    next = program.branch(bpf.jumpIfEqual, auditNumber, search, next);
  }
  program.load(architectureOffset, next);
  return program.encode();
}

/** x32 calls come under x86_64's number; a filter that does not name x32 forbids them. */
function withoutX32(ranges: readonly VerdictRange[], auditNumber: number): readonly VerdictRange[] {
  const native = architectureOf('SCMP_ARCH_X86_64') as Architecture;
  const hasX32 = ranges.some(({ from }) => from >= x32Bit);
  if (auditNumber !== native.auditNumber || hasX32) return ranges;
  return [...ranges, { from: x32Bit, verdict: { cases: [], otherwise: seccompReturn.killProcess } }];
}

/** Ranges are in rising order; the accumulator holds the number. */
function putSearch(program: ReverseProgram, ranges: readonly VerdictRange[]): Label {
  const [first] = ranges;
  if (first === undefined) return program.return(seccompReturn.killProcess);
  if (ranges.length === 1) return putVerdict(program, first.verdict);
  const middle = ranges.length >> 1;
  const upper = putSearch(program, ranges.slice(middle));
  const lower = putSearch(program, ranges.slice(0, middle));
  return program.branch(bpf.jumpIfGreaterOrEqual, ranges[middle]?.from ?? 0, upper, lower);
}

function putVerdict(program: ReverseProgram, { cases, otherwise }: Verdict): Label {
  let fail = program.return(otherwise);
  for (const { conditions, value, anyOf } of shareTests(cases).toReversed()) {
    let pass = program.return(value);
    if (anyOf !== undefined) pass = putAnyOf(program, anyOf.index, anyOf.values, { pass, fail });
    for (const condition of conditions.toReversed()) pass = putCondition(program, condition, { pass, fail });
    fail = pass;
  }
  return fail;
}

const flagBits: Readonly<Record<string, number>> = {
  SECCOMP_FILTER_FLAG_TSYNC: 1,
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 32,
};

/** Speculation stays allowed unless flags are given: the mitigation costs every process in the container. */
function filterFlags(names: readonly string[] = ['SECCOMP_FILTER_FLAG_SPEC_ALLOW']): number {
  return names.reduce((flags, name) => {
    const bit = flagBits[name];
    if (bit === undefined) throw new EngineError('invalid', `seccomp: unknown flag ${name}`);
    return flags | bit;
  }, 0);
}
