import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { CgroupSetup } from './cgroup-host.ts';
import { cgroupStats, oomKills, parseLegacyBlockIo, parseUnifiedBlockIo } from './cgroup-stats.ts';

/** A cgroup made of ordinary files: one hierarchy that holds every controller. */
function cgroupOf(t: TestContext, version: 1 | 2, files: Readonly<Record<string, string>>): CgroupSetup {
  const mountPoint = mkdtempSync(join(tmpdir(), 'wharf-test-cgroup-'));
  t.after(() => rmSync(mountPoint, { recursive: true }));
  mkdirSync(join(mountPoint, 'box'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(mountPoint, 'box', name), text);
  const controllers = ['memory', 'cpu', 'cpuacct', 'pids', 'io', 'blkio'];
  return { version, hierarchies: [{ mountPoint, controllers }], path: '/box' };
}

test('cgroupStats() reads cgroup v1', (t) => {
  const setup = cgroupOf(t, 1, {
    'memory.usage_in_bytes': '4096\n',
    'memory.max_usage_in_bytes': '8192\n',
    'memory.limit_in_bytes': '9223372036854771712\n',
    'memory.failcnt': '2\n',
    'memory.stat': 'cache 10\ntotal_inactive_file 5\n',
    'memory.oom_control': 'oom_kill_disable 0\nunder_oom 0\noom_kill 3\n',
    'cpuacct.usage': '1000\n',
    'cpuacct.usage_user': '600\n',
    'cpuacct.usage_sys': '400\n',
    'cpuacct.usage_percpu': '700 300 \n',
    'cpu.stat': 'nr_periods 4\nnr_throttled 1\nthrottled_time 99\n',
    'pids.current': '2\n',
    'pids.max': 'max\n',
  });
  assert.deepEqual(cgroupStats(setup), {
    memory: {
      usageBytes: 4096,
      peakBytes: 8192,
      limitBytes: undefined,
      failures: 2,
      oomKills: 3,
      counters: { cache: 10, total_inactive_file: 5 },
    },
    cpu: {
      totalNs: 1000,
      userNs: 600,
      kernelNs: 400,
      perCpuNs: [700, 300],
      periods: 4,
      throttledPeriods: 1,
      throttledNs: 99,
    },
    pids: { current: 2, limit: undefined },
  });
  assert.equal(oomKills(setup), 3);
});

test('cgroupStats() reads cgroup v2', (t) => {
  const setup = cgroupOf(t, 2, {
    'memory.current': '4096\n',
    'memory.max': '8192\n',
    'memory.stat': 'inactive_file 5\n',
    'memory.events': 'low 0\nmax 7\noom 1\noom_kill 1\n',
    'cpu.stat': 'usage_usec 10\nuser_usec 6\nsystem_usec 4\n',
    'pids.current': '2\n',
    'pids.max': '100\n',
    'io.stat': '254:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0\n',
  });
  const { memory, cpu, pids, blockIo } = cgroupStats(setup);
  assert.equal(memory?.limitBytes, 8192);
  assert.equal(memory?.failures, 7);
  assert.equal(cpu?.totalNs, 10_000);
  assert.deepEqual(pids, { current: 2, limit: 100 });
  assert.deepEqual(blockIo?.bytes[0], { major: 254, minor: 0, operation: 'read', value: 4096 });
  assert.equal(oomKills(setup), 1);
});

test('cgroupStats() of a cgroup that is gone is empty', () => {
  const hierarchies = [{ mountPoint: '/nowhere', controllers: ['memory', 'cpuacct', 'pids', 'blkio'] }];
  assert.deepEqual(cgroupStats({ version: 1, hierarchies, path: '/box' }), {});
});

test('parseLegacyBlockIo() leaves out the line of totals', () => {
  assert.deepEqual(parseLegacyBlockIo('254:0 Read 512\n254:0 Write 0\nTotal 512\n'), [
    { major: 254, minor: 0, operation: 'read', value: 512 },
    { major: 254, minor: 0, operation: 'write', value: 0 },
  ]);
});

test('parseUnifiedBlockIo() reads a device without counters as nothing', () => {
  assert.deepEqual(parseUnifiedBlockIo('8:0 \n', { rbytes: 'read' }), []);
});
