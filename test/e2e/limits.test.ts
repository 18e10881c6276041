import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

/** Whether limits are in cgroup v2 here. */
const unified = existsSync('/sys/fs/cgroup/cgroup.controllers');

describe('limits and the cgroup', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { docker, ok } = suite;
  const shell = (script: string, ...flags: string[]) =>
    ok(['run', '--rm', ...flags, 'base:1', 'sh', '-c', script]);
  const read = (unifiedFile: string, legacyFile: string) =>
    `cat /sys/fs/cgroup/${unified ? unifiedFile : legacyFile}`;

  test('--cpus is a quota of the period', async () => {
    const value = await shell(read('cpu.max', 'cpu/cpu.cfs_quota_us'), '--cpus', '0.5');
    assert.equal(value, unified ? '50000 100000' : '50000');
  });

  test('--cpuset-cpus binds to processors', async () => {
    assert.equal(
      await shell('grep Cpus_allowed_list /proc/self/status', '--cpuset-cpus', '0'),
      'Cpus_allowed_list:\t0',
    );
  });

  test('a limit of processes is kept', async () => {
    const script = 'for i in 1 2 3 4 5 6 7 8; do sleep 1 & done';
    const { stderr } = await docker(['run', '--rm', '--pids-limit', '4', 'base:1', 'sh', '-c', script]);
    assert.match(stderr, /can't fork/);
  });

  test('a container sees its own cgroup as the root', async () => {
    const cgroups = await shell('cat /proc/self/cgroup', '--cgroupns', 'private');
    assert.match(cgroups, unified ? /^0::\/$/ : /:memory:\/$/m);
  });

  test('a device that is not allowed cannot be opened', async () => {
    const script = 'mknod /device c 1 2 && head -c1 /device 2>&1 || true';
    assert.match(await shell(script), /Operation not permitted/);
    assert.match(await shell(script, '--device-cgroup-rule', 'c 1:2 r'), /No such device or address/);
    assert.equal(await shell('mknod /zero2 c 1 5 && head -c1 /zero2 | wc -c'), '1');
  });

  test('an exec is in the cgroup of its container, and pause holds all', async () => {
    await ok('run -d --name held base:1 sleep 99');
    const pid = Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'held']));
    const second = docker('exec held sleep 98');
    const members = await eventually('the exec is in the cgroup', () => {
      const pids = readFileSync(`${cgroupOf(pid, 'pids')}/cgroup.procs`, 'utf8')
        .split('\n')
        .filter(Boolean);
      return pids.length === 2 && pids;
    });
    await ok('pause held');
    const [file, frozen] = unified ? ['cgroup.events', /^frozen 1$/m] : ['freezer.state', /^FROZEN/];
    assert.match(readFileSync(`${cgroupOf(pid, 'freezer')}/${file}`, 'utf8'), frozen);
    await ok('rm -f held');
    await second;
    assert.deepEqual(
      members.filter((member) => existsSync(`/proc/${member}`)),
      [],
    );
  });

  test('nothing of a container’s cgroup is left when it has ended', async () => {
    await ok('run --rm -m 32m base:1 true');
    await eventually('the cgroups are gone', () => cgroupsBelow(suite.wharf.cgroupParent).length === 0);
  });
});

/** The folder of a process's cgroup, in the hierarchy of `controller` where there are several. */
function cgroupOf(pid: number, controller: string): string {
  const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n');
  const line = lines.find((text) => text.includes(unified ? '0::' : `:${controller}:`)) ?? '';
  return `${hierarchy(controller)}${line.slice(line.lastIndexOf(':') + 1)}`;
}

function cgroupsBelow(parent: string): string[] {
  const folder = `${hierarchy('pids')}${parent}`;
  if (!existsSync(folder)) return [];
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

function hierarchy(controller: string): string {
  return unified ? '/sys/fs/cgroup' : `/sys/fs/cgroup/${controller}`;
}
