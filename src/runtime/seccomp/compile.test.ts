import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinuxSeccomp, SeccompArgument, SeccompOperator, SeccompRule } from '#oci';
import { seccompReturn } from './actions.ts';
import { type ArchitectureName, architectureOf, x32Bit } from './architectures.ts';
import { compileSeccomp } from './compile.ts';
import { runFilter } from './testing/interpreter.ts';

const { allow, errno, killProcess } = seccompReturn;
const denied = errno | 1;

function filterOf(syscalls: readonly SeccompRule[], more: Partial<LinuxSeccomp> = {}): LinuxSeccomp {
  return { defaultAction: 'SCMP_ACT_ERRNO', architectures: ['SCMP_ARCH_X86_64'], syscalls, ...more };
}

function judge(
  filter: LinuxSeccomp,
  name: string,
  args: readonly bigint[] = [],
  on?: ArchitectureName,
): number {
  const architecture = architectureOf(on ?? 'SCMP_ARCH_X86_64');
  const number = architecture?.numbers.get(name);
  assert.ok(architecture !== undefined && number !== undefined, `${name} is a system call`);
  return runFilter(compileSeccomp(filter).program, { auditNumber: architecture.auditNumber, number, args })
    .value;
}

function whenFirst(op: SeccompOperator, value: number, valueTwo?: number): LinuxSeccomp {
  const argument: SeccompArgument = { index: 0, value, op, ...(valueTwo !== undefined && { valueTwo }) };
  return filterOf([{ names: ['socket'], action: 'SCMP_ACT_ALLOW', args: [argument] }]);
}

test('compileSeccomp() gives each call its action and every other one the default', () => {
  const filter = filterOf([
    { names: ['read', 'write', 'no_such_call'], action: 'SCMP_ACT_ALLOW' },
    { names: ['mount'], action: 'SCMP_ACT_KILL_PROCESS' },
    { names: ['umount2'], action: 'SCMP_ACT_ERRNO', errnoRet: 38 },
  ]);
  assert.equal(judge(filter, 'read'), allow);
  assert.equal(judge(filter, 'write'), allow);
  assert.equal(judge(filter, 'open'), denied);
  assert.equal(judge(filter, 'mount'), killProcess);
  assert.equal(judge(filter, 'umount2'), errno | 38);
});

test('compileSeccomp() agrees with the rules on every number of every architecture', () => {
  const names = ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'] as const;
  const every = [...(architectureOf('SCMP_ARCH_X86_64')?.numbers.keys() ?? [])];
  const allowed = new Set(every.filter((_, index) => (index * 7919) % 13 < 6));
  const filter = filterOf([{ names: [...allowed], action: 'SCMP_ACT_ALLOW' }], { architectures: names });
  for (const architecture of names) {
    const numbers = architectureOf(architecture)?.numbers ?? new Map<string, number>();
    const highest = Math.max(
      ...[...numbers].filter(([name]) => allowed.has(name)).map(([, number]) => number),
    );
    for (const [name, number] of numbers) {
      const expected = allowed.has(name) ? allow : number > highest ? errno | 38 : denied;
      assert.equal(judge(filter, name, [], architecture), expected, `${architecture} ${name}`);
    }
  }
});

test('compileSeccomp() compares 64-bit arguments whole', () => {
  const big = 2 ** 40;
  const samples = [0n, 1n, 5n, 2n ** 32n + 5n, 2n ** 40n - 1n, 2n ** 40n, 2n ** 40n + 1n, 2n ** 64n - 1n];
  const operators: Readonly<Record<string, (one: bigint, other: bigint) => boolean>> = {
    SCMP_CMP_EQ: (one, other) => one === other,
    SCMP_CMP_NE: (one, other) => one !== other,
    SCMP_CMP_LT: (one, other) => one < other,
    SCMP_CMP_LE: (one, other) => one <= other,
    SCMP_CMP_GT: (one, other) => one > other,
    SCMP_CMP_GE: (one, other) => one >= other,
  };
  for (const [op, holds] of Object.entries(operators)) {
    for (const value of [5, big]) {
      const filter = whenFirst(op as SeccompOperator, value);
      for (const sample of samples) {
        const expected = holds(sample, BigInt(value)) ? allow : denied;
        assert.equal(judge(filter, 'socket', [sample]), expected, `${sample} ${op} ${value}`);
      }
    }
  }
});

test('compileSeccomp() masks an argument before it compares', () => {
  const filter = whenFirst('SCMP_CMP_MASKED_EQ', 0x7e02_0000, 0);
  assert.equal(judge(filter, 'socket', [0x1_0011n]), allow);
  assert.equal(judge(filter, 'socket', [0x2000_0011n]), denied);
});

test('compileSeccomp() wants all conditions on different arguments, any one on the same', () => {
  const equal = (index: number, value: number): SeccompArgument => ({ index, value, op: 'SCMP_CMP_EQ' });
  const rule = (args: readonly SeccompArgument[]) =>
    filterOf([{ names: ['socket'], action: 'SCMP_ACT_ALLOW', args }]);
  assert.equal(judge(rule([equal(0, 1), equal(1, 2)]), 'socket', [1n, 2n]), allow);
  assert.equal(judge(rule([equal(0, 1), equal(1, 2)]), 'socket', [1n, 3n]), denied);
  assert.equal(judge(rule([equal(0, 1), equal(0, 2)]), 'socket', [2n]), allow);
});

test('compileSeccomp() shares the test of many numbers of one argument and keeps the order of rules', () => {
  const rule = (value: number, action: SeccompRule['action']): SeccompRule => ({
    names: ['socket'],
    action,
    args: [{ index: 0, value, op: 'SCMP_CMP_EQ' }],
  });
  const filter = filterOf([
    ...[1, 2, 3].map((value) => rule(value, 'SCMP_ACT_ALLOW')),
    ...[3, 4].map((value) => rule(value, 'SCMP_ACT_LOG')),
    rule(2 ** 32 + 9, 'SCMP_ACT_TRAP'),
  ]);
  const { allow, log, trap } = seccompReturn;
  const expected: readonly (readonly [bigint, number])[] = [
    [1n, allow],
    [3n, allow],
    [4n, log],
    [2n ** 32n + 4n, denied],
    [2n ** 32n + 9n, trap],
    [9n, denied],
  ];
  for (const [sample, value] of expected) assert.equal(judge(filter, 'socket', [sample]), value, `${sample}`);
});

test('compileSeccomp() lets a rule without conditions settle a call', () => {
  const conditional: SeccompRule = {
    names: ['socket'],
    action: 'SCMP_ACT_ALLOW',
    args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ' }],
  };
  const plain: SeccompRule = { names: ['socket'], action: 'SCMP_ACT_LOG' };
  assert.equal(judge(filterOf([conditional, plain]), 'socket', [2n]), seccompReturn.log);
  assert.equal(judge(filterOf([plain, conditional]), 'socket', [1n]), seccompReturn.log);
});

test('compileSeccomp() kills what comes by an architecture that the filter does not name', () => {
  const { program } = compileSeccomp(filterOf([{ names: ['read'], action: 'SCMP_ACT_ALLOW' }]));
  const i386 = 0x4000_0003;
  const x86_64 = 0xc000_003e;
  assert.equal(runFilter(program, { auditNumber: i386, number: 3 }).value, killProcess);
  assert.equal(runFilter(program, { auditNumber: x86_64, number: x32Bit }).value, killProcess);
});

test('architectureOf() knows no name that is not an architecture', () => {
  for (const name of ['SCMP_ARCH_VAX', 'toString', '']) assert.equal(architectureOf(name), undefined);
});

test('compileSeccomp() compiles one filter object once and refuses what the kernel cannot do', () => {
  const filter = filterOf([]);
  assert.equal(compileSeccomp(filter), compileSeccomp(filter));
  assert.throws(() => compileSeccomp(filterOf([], { defaultAction: 'SCMP_ACT_NOTIFY' })), /not supported/);
  assert.throws(() => compileSeccomp(filterOf([], { flags: ['X'] })), /unknown flag X/);
});
