import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { before, describe, test } from 'node:test';
import { busyboxImage } from '../fixtures/busybox.ts';
import { postJson } from '../testing/post-json.ts';
import { eventually } from '../testing/programs.ts';
import { useWharf } from '../testing/use-wharf.ts';

const cpus = availableParallelism() === 1 ? '0' : `0-${availableParallelism() - 1}`;

/** Whether limits are in cgroup v2 here. */
const unified = existsSync('/sys/fs/cgroup/cgroup.controllers');

describe('docker update', () => {
  const suite = useWharf([busyboxImage('base:1')]);
  const { ok } = suite;
  before(async () => {
    await ok('run -d --name busy base:1 sleep 999');
    await ok('run -d --name limited -m 64m --memory-swap 128m base:1 sleep 999');
  });

  /** The files of a running container's cgroup, as it sees them. */
  const limits = async (name: string, ...files: string[]) => {
    const paths = files.map((file) => `/sys/fs/cgroup/${file}`);
    return (await ok(['exec', name, 'cat', ...paths])).split('\n');
  };
  const hostConfig = async (name: string) =>
    JSON.parse(await ok(['inspect', '-f', '{{json .HostConfig}}', name]));
  const idOf = (name: string) => ok(['inspect', '-f', '{{.Id}}', name]);
  const post = (name: string, body: unknown) =>
    postJson(suite.wharf.socketPath, `/containers/${name}/update`, body);

  test('every limit changes at once, and shows', async () => {
    const flags =
      '--cpu-shares 512 --cpu-period 50000 --cpu-quota 25000 --cpuset-cpus 0 --cpuset-mems 0 --pids-limit 77';
    assert.equal(await ok(`update ${flags} busy`), 'busy');
    const values = unified
      ? await limits('busy', 'cpu.weight', 'cpu.max', 'cpuset.cpus', 'pids.max')
      : await limits(
          'busy',
          'cpu/cpu.shares',
          'cpu/cpu.cfs_quota_us',
          'cpu/cpu.cfs_period_us',
          'cpuset/cpuset.cpus',
          'pids/pids.max',
        );
    assert.deepEqual(
      values,
      unified ? ['59', '25000 50000', '0', '77'] : ['512', '25000', '50000', '0', '77'],
    );
    const shown = await hostConfig('busy');
    assert.deepEqual(
      [shown.CpuShares, shown.CpuPeriod, shown.CpuQuota, shown.CpusetCpus, shown.CpusetMems, shown.PidsLimit],
      [512, 50000, 25000, '0', '0', 77],
    );
    await ok('update --pids-limit -1 --cpu-quota 20000 busy');
    const later = unified
      ? await limits('busy', 'cpu.max', 'pids.max')
      : await limits('busy', 'cpu/cpu.cfs_quota_us', 'pids/pids.max');
    assert.deepEqual(later, [unified ? '20000 50000' : '20000', 'max']);
    assert.equal((await hostConfig('busy')).PidsLimit, 0);
  });

  test('memory and swap grow and shrink, in whatever order the kernel wants', async () => {
    const mebi = 2 ** 20;
    const memory = async () => {
      const [limit, swap] = unified
        ? await limits('limited', 'memory.max', 'memory.swap.max')
        : await limits('limited', 'memory/memory.limit_in_bytes', 'memory/memory.memsw.limit_in_bytes');
      return [Number(limit) / mebi, (Number(swap) + (unified ? Number(limit) : 0)) / mebi];
    };
    for (const [limit, swap] of [
      [256, 512],
      [32, 48],
      [32, 100],
      [90, 100],
    ] as const) {
      await ok(`update -m ${limit}m --memory-swap ${swap}m limited`);
      assert.deepEqual(await memory(), [limit, swap]);
    }
    await ok('update -m 50m limited');
    assert.deepEqual(await memory(), [50, 100]);
    await ok('update --memory-reservation 20m limited');
    await ok('update --memory-swap -1 limited');
    const { Memory, MemorySwap, MemoryReservation } = await hostConfig('limited');
    assert.deepEqual([Memory, MemorySwap, MemoryReservation], [50 * mebi, -1, 20 * mebi]);
  });

  test('limits and policies outlast the run, and a stopped container takes them too', async () => {
    await ok('create --name idle --restart no base:1 sleep 999');
    await ok('update --restart on-failure:3 --cpus 0.5 idle');
    const { RestartPolicy, NanoCpus } = await hostConfig('idle');
    assert.deepEqual([RestartPolicy, NanoCpus], [{ Name: 'on-failure', MaximumRetryCount: 3 }, 500_000_000]);
    await ok('start idle');
    const [value] = await limits('idle', unified ? 'cpu.max' : 'cpu/cpu.cfs_quota_us');
    assert.equal(value, unified ? '50000 100000' : '50000');
    await ok('rm -f idle');
  });

  test('a restart policy takes effect on the run that is under way', async () => {
    await ok('run -d --name again base:1 sleep 999');
    await ok('update --restart always again');
    const started = () => ok(['inspect', '-f', '{{.State.StartedAt}} {{.State.Running}}', 'again']);
    const before = await started();
    process.kill(Number(await ok(['inspect', '-f', '{{.State.Pid}}', 'again'])), 'SIGKILL');
    await eventually('it runs again', async () => {
      const now = await started();
      return now !== before && now.endsWith('true');
    });
    await ok('rm -f again');
  });

  test('what can’t be is refused in Docker’s words, and changes nothing', async () => {
    const id = await idOf('limited');
    const cannot = (reason: string) => `Cannot update container ${id}: ${reason}`;
    const nano = 'Conflicting options: Nano CPUs cannot be updated as CPU Quota has already been set';
    const swap =
      'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time';
    await ok('update --cpu-quota 50000 --memory-swap 100m -m 50m limited');
    const table: [body: object, status: number, message: string][] = [
      [{ Memory: 300 * 2 ** 20 }, 409, cannot(swap)],
      [{ NanoCpus: 5e8 }, 409, cannot(nano)],
      [{ Memory: 5 }, 400, 'Minimum memory limit allowed is 6MB'],
      [{ MemoryReservation: 1000 }, 400, 'Minimum memory reservation allowed is 6MB'],
      [{ CpusetCpus: '99' }, 400, `Requested CPUs are not available - requested 99, available: ${cpus}`],
      [{ CpusetCpus: 'x' }, 400, 'Invalid value x for cpuset cpus: invalid format: x'],
      [
        { RestartPolicy: { Name: 'bogus' } },
        400,
        "invalid restart policy: unknown policy 'bogus'; use one of 'no', 'always', 'on-failure', or 'unless-stopped'",
      ],
      [
        { Memory: 'a' },
        400,
        'invalid JSON: json: cannot unmarshal string into Go struct field UpdateConfig.Memory of type int64',
      ],
    ];
    const before = await hostConfig('limited');
    for (const [body, status, message] of table) {
      const answer = await post('limited', body);
      assert.deepEqual(answer, { status, body: { message } });
    }
    assert.deepEqual(await hostConfig('limited'), before);
    assert.deepEqual(await post('nosuch', {}), {
      status: 404,
      body: { message: 'No such container: nosuch' },
    });
    assert.deepEqual(await post('limited', {}), { status: 200, body: { Warnings: null } });
    await ok('run -d --rm --name fleeting base:1 sleep 999');
    const fleeting = await post('fleeting', { RestartPolicy: { Name: 'always' } });
    const text = 'Restart policy cannot be updated because AutoRemove is enabled for the container';
    assert.deepEqual(fleeting.body, {
      message: `Cannot update container ${await idOf('fleeting')}: ${text}`,
    });
    await ok('rm -f fleeting');
  });

  test('a limit that the kernel refuses takes back those before it', async () => {
    const file = unified ? 'pids.max' : 'cpu/cpu.shares';
    const before = [await limits('limited', file), await hostConfig('limited')];
    const Path = `${suite.wharf.folder}/nobody`;
    // A block device of a number that no driver has.
    execFileSync('mknod', [Path, 'b', '240', '99']);
    const BlkioDeviceReadBps = [{ Path, Rate: 1000 }];
    const change = unified ? { PidsLimit: 55, BlkioDeviceReadBps } : { CpuShares: 333, BlkioDeviceReadBps };
    const answer = await post('limited', change);
    assert.equal(answer.status, 400);
    assert.match(
      JSON.stringify(answer.body),
      /Cannot update container [0-9a-f]{64}: failed to write .*: no such device/,
    );
    assert.deepEqual([await limits('limited', file), await hostConfig('limited')], before);
  });

  test('an update is an event', async () => {
    await ok('update --cpu-shares 99 busy');
    const until = String(Date.now() / 1000 + 0.01);
    const flags = [
      '--since',
      '1970-01-01',
      '--until',
      until,
      '--filter',
      'event=update',
      '--filter',
      'container=busy',
    ];
    const events = await ok(['events', ...flags, '--format', '{{.Action}} {{.Actor.Attributes.name}}']);
    assert.equal(events.split('\n').at(-1), 'update busy');
  });
});
