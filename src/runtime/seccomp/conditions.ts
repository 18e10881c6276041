import type { SeccompArgument } from '#oci';
import { bpf, type Label, type ReverseProgram } from './program.ts';

/** struct seccomp_data: number, architecture, instruction pointer, six 64-bit arguments. */
const argumentsOffset = 16;

/** A 64-bit operand; classic BPF compares halves. */
interface Halves {
  readonly high: number;
  readonly low: number;
}

/** Where a comparison goes. */
interface Ways {
  readonly pass: Label;
  readonly fail: Label;
}

/** Puts the test of one argument in front; returns where it begins. */
export function putCondition(program: ReverseProgram, condition: SeccompArgument, ways: Ways): Label {
  const value = halves(condition.value);
  const { index } = condition;
  const reversed = { pass: ways.fail, fail: ways.pass };
  switch (condition.op) {
    case 'SCMP_CMP_EQ':
      return putEqual(program, index, value, ways);
    case 'SCMP_CMP_NE':
      return putEqual(program, index, value, reversed);
    case 'SCMP_CMP_GE':
      return putGreater(program, index, value, bpf.jumpIfGreaterOrEqual, ways);
    case 'SCMP_CMP_LT':
      return putGreater(program, index, value, bpf.jumpIfGreaterOrEqual, reversed);
    case 'SCMP_CMP_GT':
      return putGreater(program, index, value, bpf.jumpIfGreater, ways);
    case 'SCMP_CMP_LE':
      return putGreater(program, index, value, bpf.jumpIfGreater, reversed);
    case 'SCMP_CMP_MASKED_EQ':
      return putMasked(program, index, value, halves(condition.valueTwo ?? 0), ways);
  }
}

/** Puts in front the test whether one argument is any of several numbers below 2^32. */
export function putAnyOf(
  program: ReverseProgram,
  index: number,
  values: readonly number[],
  { pass, fail }: Ways,
): Label {
  const first = values.reduceRight((next, value) => program.branch(bpf.jumpIfEqual, value, pass, next), fail);
  const low = program.load(lowOffset(index), first);
  return program.load(highOffset(index), program.branch(bpf.jumpIfEqual, 0, low, fail));
}

function putEqual(program: ReverseProgram, index: number, value: Halves, { pass, fail }: Ways): Label {
  const low = program.load(lowOffset(index), program.branch(bpf.jumpIfEqual, value.low, pass, fail));
  return program.load(highOffset(index), program.branch(bpf.jumpIfEqual, value.high, low, fail));
}

/** The high halves decide unless they are equal. */
function putGreater(program: ReverseProgram, index: number, value: Halves, code: number, ways: Ways): Label {
  const { pass, fail } = ways;
  const low = program.load(lowOffset(index), program.branch(code, value.low, pass, fail));
  const equal = program.branch(bpf.jumpIfEqual, value.high, low, fail);
  return program.load(highOffset(index), program.branch(bpf.jumpIfGreater, value.high, pass, equal));
}

function putMasked(
  program: ReverseProgram,
  index: number,
  mask: Halves,
  value: Halves,
  { pass, fail }: Ways,
): Label {
  const half = (offset: number, bits: number, wanted: number, next: Label) =>
    program.load(offset, program.mask(bits, program.branch(bpf.jumpIfEqual, wanted, next, fail)));
  return half(highOffset(index), mask.high, value.high, half(lowOffset(index), mask.low, value.low, pass));
}

function lowOffset(index: number): number {
  return argumentsOffset + index * 8;
}

function highOffset(index: number): number {
  return lowOffset(index) + 4;
}

/** JSON numbers round 2^64 - 1 up to 2^64. */
function halves(value: number): Halves {
  const bits = value >= 2 ** 64 ? 2n ** 64n - 1n : BigInt.asUintN(64, BigInt(value));
  return { high: Number(bits >> 32n), low: Number(bits & 0xffff_ffffn) };
}
