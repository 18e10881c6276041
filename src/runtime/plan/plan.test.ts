import assert from 'node:assert/strict';
import { test } from 'node:test';
import { definitionOf, type OpName, ops } from './ops.ts';
import { decodePlan, encodePlan, type LaunchPlan } from './plan.ts';

const plan: LaunchPlan = {
  cloneFlags: 0x2_6c02_0000n,
  before: [
    { op: 'hostMkdir', path: '/sys/fs/cgroup/pids/x', mode: 0o755 },
    { op: 'write', path: '/a', value: 'max', ignoreErrnos: [2, 13] },
  ],
  after: [{ op: 'hostNetlink', protocol: 0, message: Uint8Array.of(1, 2, 3), pidOffset: 8 }],
  init: [
    { op: 'rlimit', resource: 7, soft: 1024n, hard: 0xffff_ffff_ffff_ffffn },
    { op: 'exec', argv: ['sh', '-c', 'écho ☃'], env: ['PATH=/bin', ''] },
  ],
};

test('decodePlan() gives back what encodePlan() took', () => {
  assert.deepEqual(decodePlan(encodePlan(plan)), plan);
});

test('encodePlan() grows beyond its first buffer', () => {
  const argv = ['x', 'y'.repeat(20_001)];
  const long: LaunchPlan = { ...plan, init: [{ op: 'exec', argv, env: [] }] };
  assert.deepEqual(decodePlan(encodePlan(long)), long);
});

test('encodePlan() refuses a text with a NUL byte', () => {
  assert.throws(() => encodePlan({ ...plan, init: [{ op: 'chdir', target: 'a\0b' }] }), /NUL byte/);
});

test('decodePlan() refuses foreign bytes and other versions', () => {
  assert.throws(() => decodePlan(new Uint8Array(48)), /not a launch plan/);
  const newer = encodePlan(plan);
  newer[4] = 2;
  assert.throws(() => decodePlan(newer), /version 2/);
});

test('every opcode is unique', () => {
  const codes = (Object.keys(ops) as OpName[]).map((name) => definitionOf(name).code);
  assert.equal(new Set(codes).size, codes.length);
});
