import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CgroupSetup } from '#linux';
import type { LinuxResources } from '#oci';
import { legacyResourceFiles } from './resources-v1.ts';
import { cpuWeight, unifiedResourceFiles } from './resources-v2.ts';
import { resourceUpdates } from './update.ts';

const legacy = (resources: LinuxResources) =>
  legacyResourceFiles(resources).map(({ file, value }) => [file, value]);
const unified = (resources: LinuxResources) =>
  unifiedResourceFiles(resources).map(({ file, value }) => [file, value]);

test('legacyResourceFiles() writes the period before the quota and memory before swap', () => {
  assert.deepEqual(legacy({ cpu: { quota: 5000, period: 10_000 }, memory: { swap: 20, limit: 10 } }), [
    ['memory.limit_in_bytes', '10'],
    ['memory.memsw.limit_in_bytes', '20'],
    ['cpu.cfs_period_us', '10000'],
    ['cpu.cfs_quota_us', '5000'],
  ]);
});

test('legacyResourceFiles() reads 0 as no limit, and -1 as the word of the file', () => {
  assert.deepEqual(
    legacy({ memory: { limit: 0, swap: -1, swappiness: -1 }, cpu: { shares: 0, quota: -1 } }),
    [
      ['memory.memsw.limit_in_bytes', '-1'],
      ['cpu.cfs_quota_us', '-1'],
    ],
  );
  assert.deepEqual(legacy({ pids: { limit: -1 } }), [['pids.max', 'max']]);
  assert.deepEqual(legacy({ memory: { swappiness: 0 } }), [['memory.swappiness', '0']]);
});

test('unifiedResourceFiles() turns each limit into its cgroup v2 form', () => {
  assert.deepEqual(
    unified({
      memory: { limit: 100, swap: 150, reservation: 50 },
      cpu: { shares: 1024, quota: 50_000, cpus: '0' },
      pids: { limit: 7 },
      blockIO: { weight: 500, throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 1 }] },
      unified: { 'memory.high': '90' },
    }),
    [
      ['memory.max', '100'],
      ['memory.swap.max', '50'],
      ['memory.low', '50'],
      ['cpu.weight', '100'],
      ['cpu.max', '50000 100000'],
      ['cpuset.cpus', '0'],
      ['pids.max', '7'],
      ['io.weight', 'default 4950'],
      ['io.max', '8:0 rbps=1'],
      ['memory.high', '90'],
    ],
  );
});

test('unifiedResourceFiles() refuses a swap limit without or below a memory limit', () => {
  assert.throws(() => unified({ memory: { swap: 5 } }), /unable to set swap limit without memory limit/);
  assert.throws(() => unified({ memory: { swap: 5, limit: 6 } }), /should be >= memory limit/);
  assert.throws(() => unified({ unified: { '../x.max': '1' } }), /no cgroup file/);
});

test('cpuWeight() keeps minimum, default and maximum and never leaves the range', () => {
  assert.deepEqual([0, 2, 1024, 262_144, 10 ** 9].map(cpuWeight), [1, 1, 100, 10_000, 10_000]);
});

test('resourceUpdates() lets the limit that grows go first in cgroup v1', () => {
  const setup: CgroupSetup = {
    version: 1,
    hierarchies: [{ mountPoint: '/cg/memory', controllers: ['memory'] }],
    path: '/c',
  };
  const order = (memoryBytes: number, limit: number, swap: number) =>
    resourceUpdates(setup, { memory: { limit, swap } }, { memoryBytes }).map(({ path }) =>
      path.includes('memsw') ? 'swap' : 'memory',
    );
  assert.deepEqual(order(100, 300, 400), ['swap', 'memory']);
  assert.deepEqual(order(100, 300, -1), ['swap', 'memory']);
  assert.deepEqual(order(100, 50, 80), ['memory', 'swap']);
  assert.deepEqual(order(Number.POSITIVE_INFINITY, 50, 80), ['memory', 'swap']);
});
