import assert from 'node:assert/strict';
import { test } from 'node:test';
import { limitsOf, warningsAbout } from './host-limits.ts';

const host = (version: 1 | 2, ...controllers: string[]) => ({
  version,
  hierarchies: [{ mountPoint: '/nowhere', controllers }],
});

test('limitsOf() tells what the controllers of the host can do', () => {
  assert.deepEqual(limitsOf(host(1, 'memory', 'cpu')), {
    memory: true,
    swap: false,
    cpu: true,
    cpuset: false,
    pids: false,
  });
  assert.equal(limitsOf(host(2, 'cpu')).swap, false);
});

test('warningsAbout() names what is missing', () => {
  assert.deepEqual(warningsAbout({ memory: true, swap: false, cpu: true, cpuset: true, pids: false }), [
    'WARNING: No swap limit support',
    'WARNING: No pids limit support',
  ]);
});
