import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LaunchPlan, Op } from '../../plan/plan.ts';

/** Compares a plan with testdata/NAME.txt; with UPDATE_GOLDENS=1 in the environment, writes it there. */
export function assertGolden(name: string, plan: LaunchPlan): void {
  const path = join(import.meta.dirname, '..', 'testdata', `${name}.txt`);
  const text = formatPlan(plan);
  if (process.env.UPDATE_GOLDENS === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  assert.ok(existsSync(path), `${path} is missing: run with UPDATE_GOLDENS=1`);
  assert.equal(text, readFileSync(path, 'utf8'));
}

function formatPlan({ cloneFlags, before, after, init }: LaunchPlan): string {
  const section = (title: string, list: readonly Op[]) => [`${title}:`, ...list.map(formatOp)];
  const lines = [
    `clone flags: 0x${cloneFlags.toString(16)}`,
    ...section('before', before),
    ...section('after', after),
    ...section('init', init),
  ];
  return `${lines.join('\n')}\n`;
}

function formatOp({ op, ...operands }: Op): string {
  const words = Object.entries(operands).map(([name, value]) => `${name}=${formatValue(value)}`);
  return `  ${[op, ...words].join(' ')}`;
}

function formatValue(value: unknown): string {
  if (typeof value === 'bigint') return `0x${value.toString(16)}`;
  if (value instanceof Uint8Array) return `<${value.length} bytes>`;
  return JSON.stringify(value);
}
