import { HEADER_SIZE, MAGIC, OP_HEADER_SIZE, PLAN_VERSION } from './layout.ts';
import { definitionOf, type OperandType, type OpName, ops, PLAN_REVISION } from './ops.ts';

const signatureLetters = {
  u32: 'w',
  u64: 'q',
  text: 't',
  bytes: 'b',
  texts: 'T',
  u32s: 'W',
} as const satisfies Record<OperandType, string>;

/** core/ops.h: the table of operations as the core needs it; a test holds the checked-in file to it. */
export function opsHeader(): string {
  const names = Object.keys(ops) as OpName[];
  return [
    '/* Generated from src/runtime/plan/ops.ts by tools/build-native.ts: do not edit. */',
    '#pragma once',
    '',
    `#define PLAN_MAGIC "${MAGIC}"`,
    `#define PLAN_VERSION ${PLAN_VERSION}`,
    `#define PLAN_REVISION ${PLAN_REVISION}`,
    `#define PLAN_HEADER_SIZE ${HEADER_SIZE}`,
    `#define OP_HEADER_SIZE ${OP_HEADER_SIZE}`,
    `#define MAX_OPERANDS ${Math.max(...names.map((name) => operandNames(name).length))}`,
    '',
    'enum opcode {',
    ...names.map((name) => `\tOP_${snake(name).toUpperCase()} = ${definitionOf(name).code},`),
    '\tOP_COUNT,',
    '};',
    '',
    'union operands {',
    '\tstruct operand all[MAX_OPERANDS];',
    ...names.filter((name) => operandNames(name).length > 0).map(member),
    '};',
    '',
    '/* One letter an operand: w u32, q u64, t text, b bytes, T list of texts, W list of u32. */',
    '#define OP_SIGNATURES \\',
    ...names.map((name) => `\t[OP_${snake(name).toUpperCase()}] = "${signature(name)}", \\`),
    '',
    '',
  ].join('\n');
}

function operandNames(name: OpName): string[] {
  return Object.keys(definitionOf(name).operands);
}

function member(name: OpName): string {
  return `\tstruct { struct operand ${operandNames(name).map(snake).join(', ')}; } ${snake(name)};`;
}

function signature(name: OpName): string {
  return Object.values(definitionOf(name).operands)
    .map((type) => signatureLetters[type])
    .join('');
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
