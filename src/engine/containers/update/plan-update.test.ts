import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ContainerUpdateRequest, containerUpdateRequest, decode } from '#api';
import type { PublishedPort } from '#engine/networks';
import { type Loose, recordOf } from '../testing/records.ts';
import type { ContainerRecord } from '../types.ts';
import { changedLimits } from './merge-resources.ts';
import { planUpdate, validateUpdate } from './plan-update.ts';

function requestOf(request: Loose<ContainerUpdateRequest>): ContainerUpdateRequest {
  return decode(containerUpdateRequest, request);
}

function plan(record: ContainerRecord, request: Loose<ContainerUpdateRequest>, ofImage: string[] = []) {
  return planUpdate(record, requestOf(request), ofImage);
}

/** The record of a container that runs, with ports of the host. */
function running(record: ContainerRecord, ports: readonly PublishedPort[] = []): ContainerRecord {
  return {
    ...record,
    state: { ...record.state, status: 'running', pid: 7 },
    sandbox: { containerId: record.id, containerName: record.name, endpoints: {}, ports },
  };
}

const stopped = (record: ContainerRecord): ContainerRecord => ({
  ...record,
  state: { ...record.state, status: 'exited' },
});

const at = (port: number, hostPort: number, hostAddress = '0.0.0.0') =>
  ({ port, protocol: 'tcp', hostAddress, hostPort }) as const;

test('planUpdate() leaves what an update does not name', () => {
  const record = running(recordOf({ HostConfig: { Memory: 2 ** 26, PortBindings: { '80/tcp': [] } } }));
  const { record: after, ports, mounts } = plan(record, {});
  assert.deepEqual(after, { ...record, pending: undefined });
  assert.deepEqual([ports.open, ports.close, mounts.add, mounts.remove], [[], [], [], []]);
});

test('limits are merged, and applied with those of their kind', () => {
  const record = recordOf({ HostConfig: { Memory: 2 ** 26, MemorySwap: 2 ** 27, CpuPeriod: 50_000 } });
  const request = requestOf({ CpuQuota: 9_000, MemorySwap: 2 ** 28, PidsLimit: -1 });
  const { hostConfig } = planUpdate(record, request, []).record;
  assert.deepEqual([hostConfig.Memory, hostConfig.MemorySwap, hostConfig.PidsLimit], [2 ** 26, 2 ** 28, 0]);
  assert.deepEqual(
    changedLimits(hostConfig, request, () => ({ major: 0, minor: 0 })),
    {
      memory: { limit: 2 ** 26, swap: 2 ** 28 },
      cpu: { quota: 9_000, period: 50_000 },
      pids: { limit: 0 },
    },
  );
  assert.deepEqual(
    changedLimits(hostConfig, requestOf({}), () => ({ major: 0, minor: 0 })),
    {},
  );
});

test('limits that contradict each other are a conflict in Docker’s words', () => {
  const quota = recordOf({ HostConfig: { CpuQuota: 9_000, Memory: 2 ** 26, MemorySwap: 2 ** 27 } });
  const cpus = recordOf({ HostConfig: { NanoCpus: 1e9 } });
  const table = [
    [quota, { NanoCpus: 1e9 }, 'Nano CPUs cannot be updated as CPU Quota has already been set'],
    [cpus, { CpuQuota: 9_000 }, 'CPU Quota cannot be updated as NanoCPUs has already been set'],
    [cpus, { CpuPeriod: 9_000 }, 'CPU Period cannot be updated as NanoCPUs has already been set'],
  ] as const;
  for (const [record, request, reason] of table) {
    const message = `Conflicting options: ${reason}`;
    assert.throws(() => plan(record, request), { kind: 'conflict', message });
  }
  for (const record of [quota, cpus]) {
    assert.throws(
      () => plan(record, { Memory: 2 ** 30 }),
      /should be smaller than already set memoryswap limit/,
    );
  }
});

test('validateUpdate() takes a swap limit alone, and a restart policy only if it is one', () => {
  validateUpdate(requestOf({ MemorySwap: 2 ** 30 }), 4);
  validateUpdate(requestOf({ RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 3 } }), 4);
  const always = requestOf({ RestartPolicy: { Name: 'always', MaximumRetryCount: 3 } });
  assert.throws(() => validateUpdate(always, 4), /retry count can only be used with 'on-failure'/);
  assert.throws(() => validateUpdate(requestOf({ Memory: 1 }), 4), /Minimum memory limit allowed is 6MB/);
});

test('labels change at once, the process waits for a next start', () => {
  const record = recordOf({ Labels: { keep: '1', old: '2' }, Env: ['A=1', 'B=2'], Cmd: ['sail'] });
  const request = { Labels: { old: null, new: '3' }, Env: ['B=3', 'A', 'C=4'], Cmd: ['row', 'on'] };
  const live = plan(running(record), request).record;
  assert.deepEqual(live.config.Labels, { keep: '1', new: '3' });
  assert.deepEqual(live.config.Env, ['A=1', 'B=2']);
  assert.deepEqual(live.pending, { Env: ['B=3', 'C=4'], Cmd: ['row', 'on'], Entrypoint: [] });
  const twice = plan(live, { Env: ['D=5'], Entrypoint: ['/oar'] }).record;
  assert.deepEqual(twice.pending, { Env: ['B=3', 'C=4', 'D=5'], Cmd: ['row', 'on'], Entrypoint: ['/oar'] });
  const idle = plan(stopped(twice), {}).record;
  assert.deepEqual(
    [idle.argv, idle.config.Env, idle.pending],
    [['/oar', 'row', 'on'], ['B=3', 'C=4', 'D=5'], undefined],
  );
  assert.throws(() => plan(record, { Cmd: [] }), { kind: 'invalid', message: 'no command specified' });
  assert.throws(() => plan(record, { Env: ['=x'] }), /invalid environment variable: =x/);
});

test('ports are added to the bindings and asked of the host', () => {
  const record = running(recordOf({ HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080' }] } } }), [
    at(80, 8080),
  ]);
  const { ports, record: after } = plan(record, {
    PortsAdd: { '80': [{ HostPort: '8081' }], '53/udp': [{ HostIp: '127.0.0.1', HostPort: '' }] },
  });
  assert.deepEqual(after.hostConfig.PortBindings, {
    '80/tcp': [
      { HostIp: '', HostPort: '8080' },
      { HostIp: '', HostPort: '8081' },
    ],
    '53/udp': [{ HostIp: '127.0.0.1', HostPort: '' }],
  });
  assert.deepEqual(
    ports.open.map(({ port, protocol, hostPort }) => [port, protocol, hostPort]),
    [
      [53, 'udp', 0],
      [80, 'tcp', 8081],
    ],
  );
  assert.deepEqual(Object.keys(after.config.ExposedPorts ?? {}), ['80/tcp', '53/udp']);
  const twice = { PortsAdd: { '80/tcp': [{ HostPort: '8080' }] } };
  assert.throws(() => plan(record, twice), {
    kind: 'conflict',
    message: /already published at 0\.0\.0\.0:8080/,
  });
});

test('a port is removed with all of its bindings, or at one place', () => {
  const bindings = [{ HostPort: '8080' }, { HostIp: '127.0.0.1', HostPort: '9090' }, { HostPort: '' }];
  const live = [at(80, 8080), at(80, 9090, '127.0.0.1'), at(80, 32768)];
  const record = running(recordOf({ HostConfig: { PortBindings: { '80/tcp': bindings } } }), live);
  const left = (remove: string) => {
    const { ports } = plan(record, { PortsRemove: [remove] });
    const places = (ports.bindings['80/tcp'] ?? []).map(({ HostPort }) => HostPort);
    return [places, ports.close.map(({ hostPort }) => hostPort)];
  };
  assert.deepEqual(left('80'), [[], [8080, 9090, 32768]]);
  assert.deepEqual(left('8080:80/tcp'), [['9090', ''], [8080]]);
  assert.deepEqual(left('127.0.0.1:9090:80'), [['8080', ''], [9090]]);
  assert.deepEqual(left('32768:80'), [['8080', '9090'], [32768]], 'one that the engine chose');
  for (const absent of ['81', '80/udp', '7070:80', '10.0.0.1:8080:80']) {
    assert.throws(() => left(absent), { kind: 'invalid', message: `port ${absent} is not published` });
  }
  assert.throws(() => left('a:b:c'), /invalid port specification/);
});

test('a port that is published no more is exposed no more, but for what the image exposes', () => {
  const bindings = { '80/tcp': [{ HostPort: '8080' }, { HostPort: '8081' }], '81/tcp': [{ HostPort: '' }] };
  const exposed = { '80/tcp': {}, '81/tcp': {}, '90/tcp': {} };
  const record = recordOf({ ExposedPorts: exposed, HostConfig: { PortBindings: bindings } });
  const left = (PortsRemove: string[], ofImage: string[] = []) =>
    Object.keys(plan(record, { PortsRemove }, ofImage).record.config.ExposedPorts ?? {});
  assert.deepEqual(left(['80', '81']), ['90/tcp']);
  assert.deepEqual(left(['8080:80']), ['80/tcp', '81/tcp', '90/tcp']);
  assert.deepEqual(left(['80', '81'], ['81/tcp']), ['81/tcp', '90/tcp']);
});

test('an edit of a container that publishes all its ports writes the others down', () => {
  const exposed = { ExposedPorts: { '80/tcp': {}, '81/tcp': {} }, HostConfig: { PublishAllPorts: true } };
  const record = running(recordOf(exposed), [at(80, 32768), at(81, 32769)]);
  const any = { HostIp: '', HostPort: '' };
  const removed = plan(record, { PortsRemove: ['80'] });
  assert.deepEqual(removed.ports.bindings, { '81/tcp': [any] });
  assert.equal(removed.record.hostConfig.PublishAllPorts, false);
  assert.deepEqual(
    removed.ports.close.map(({ hostPort }) => hostPort),
    [32768],
  );
  const added = plan(record, { PortsAdd: { '80/tcp': [{ HostPort: '8080' }] } });
  assert.deepEqual(added.ports.bindings, {
    '80/tcp': [any, { HostIp: '', HostPort: '8080' }],
    '81/tcp': [any],
  });
  assert.equal(plan(record, {}).record.hostConfig.PublishAllPorts, true);
});

test('mounts are added and removed wherever they came from', () => {
  const record = recordOf({
    Volumes: { '/anonymous': {} },
    HostConfig: {
      Binds: ['/host:/bound', 'goods:/goods'],
      Mounts: [{ Type: 'tmpfs', Target: '/fast' }],
      Tmpfs: { '/scratch': '' },
    },
  });
  const { mounts, record: after } = plan(record, {
    MountsAdd: [{ Type: 'volume', Source: 'more', Target: '/bound' }],
    MountsRemove: ['/bound/', '/fast', '/scratch', '/anonymous'],
  });
  assert.deepEqual(
    after.mounts.map(({ destination, name }) => [destination, name]),
    [
      ['/goods', 'goods'],
      ['/bound', 'more'],
    ],
  );
  const { Binds, Mounts, Tmpfs } = after.hostConfig;
  assert.deepEqual([Binds, Mounts?.map(({ Target }) => Target), Tmpfs], [['goods:/goods'], ['/bound'], {}]);
  assert.deepEqual(mounts.remove, ['/bound', '/fast', '/scratch', '/anonymous']);
  const twice = { MountsAdd: [{ Type: 'tmpfs', Target: '/goods' }] };
  assert.throws(() => plan(record, twice), { kind: 'invalid', message: 'Duplicate mount point: /goods' });
  assert.throws(
    () => plan(record, { MountsRemove: ['/nowhere'] }),
    /there is no mount at \/nowhere to remove/,
  );
});

test('an update of limits leaves mounts alone that share a path', () => {
  const inherited = recordOf({ Volumes: { '/shared': {} } }).mounts;
  const record = recordOf({ HostConfig: { VolumesFrom: ['other'], Tmpfs: { '/shared': '' } } }, undefined, {
    mountsOf: () => inherited,
  });
  assert.deepEqual(plan(record, { CpuShares: 5 }).record.mounts, record.mounts);
});

test('a change of the group opens ports again, but not those that the engine chose', () => {
  const record = running(
    recordOf({
      Labels: { 'wharf.group': 'web' },
      HostConfig: { PortBindings: { '80/tcp': [{ HostPort: '8080-8090' }], '81/tcp': [{ HostPort: '' }] } },
    }),
    [{ ...at(80, 8085), group: 'web' }, at(81, 32768)],
  );
  const moved = { ...at(80, 8085), hostPortEnd: 8085 };
  const other = plan(record, { Labels: { 'wharf.group': 'mail' } }).ports;
  assert.deepEqual(other.close, [{ ...at(80, 8085), group: 'web' }]);
  assert.deepEqual(other.open, [{ ...moved, group: 'mail' }]);
  assert.deepEqual(plan(record, { Labels: { 'wharf.group': null } }).ports.open, [moved]);
  assert.deepEqual(plan(record, { Labels: { other: 'label' } }).ports.open, []);
  const added = plan(record, {
    Labels: { 'wharf.group': 'mail' },
    PortsAdd: { '82/tcp': [{ HostPort: '8092' }] },
    PortsRemove: ['80'],
  }).ports;
  assert.deepEqual(added.close, [{ ...at(80, 8085), group: 'web' }]);
  assert.deepEqual(
    added.open,
    [{ ...at(82, 8092), hostPortEnd: 8092, group: 'mail' }].map(({ hostAddress: _, ...one }) => ({
      ...one,
      hostAddress: '',
    })),
  );
});

test('a label that says no time to drain is refused', () => {
  assert.throws(
    () => plan(recordOf({}), { Labels: { 'wharf.drain': 'soon' } }),
    /invalid label wharf\.drain=soon/,
  );
});
