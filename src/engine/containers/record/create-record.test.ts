import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerCreateRequest, HostConfig } from '#api';
import { EngineError } from '#base';
import { defaults, imageOf, type Loose, recordContext, recordOf, requestOf } from '../testing/records.ts';
import { createRecord } from './create-record.ts';

const refusal = (host: Loose<HostConfig>): string => {
  try {
    recordOf({ HostConfig: host });
  } catch (error) {
    if (error instanceof EngineError && error.kind === 'invalid') return error.message;
    throw error;
  }
  return 'accepted';
};

test('createRecord() keeps the request verbatim', () => {
  const record = recordOf({ Cmd: ['ls'], HostConfig: { Memory: 2 ** 26 } });
  assert.deepEqual(record.request, requestOf({ Cmd: ['ls'], HostConfig: { Memory: 2 ** 26 } }));
  assert.deepEqual(record.image, { id: imageOf().id, reference: 'boat:1', layers: imageOf().layers });
});

test('createRecord() makes a container of no image: its root is empty, and it has to have a command', () => {
  const ofNothing = (request: Loose<ContainerCreateRequest>) =>
    createRecord(requestOf({ Image: '', ...request }), undefined, recordContext);
  const { image, argv } = ofNothing({ Cmd: ['/busybox', 'true'] });
  assert.deepEqual(image, { id: '', reference: '', layers: [] });
  assert.deepEqual(argv, ['/busybox', 'true']);
  assert.throws(() => ofNothing({}), /^EngineError: no command specified$/);
});

test('createRecord() joins entrypoint and command; an entrypoint of the request drops the command of the image', () => {
  const image = { Entrypoint: ['/entry'], Cmd: ['--help'] };
  assert.deepEqual(recordOf({}, image).argv, ['/entry', '--help']);
  assert.deepEqual(recordOf({ Cmd: ['-x'] }, image).argv, ['/entry', '-x']);
  assert.deepEqual(recordOf({ Entrypoint: ['/other'] }, image).argv, ['/other']);
  assert.deepEqual(recordOf({ Entrypoint: [''], Cmd: ['ls'] }, image).argv, ['ls']);
  assert.throws(() => recordOf({ Entrypoint: [''] }, image), /^EngineError: no command specified$/);
  assert.throws(() => recordOf({}, {}), /no command specified/);
});

test('createRecord() joins environment, labels, ports and volumes, the request winning', () => {
  const { config } = recordOf(
    { Env: ['A=1', 'C'], Labels: { l: 'mine' }, ExposedPorts: { '80/tcp': {} }, Volumes: { '/a': {} } },
    {
      Cmd: ['x'],
      Env: ['A=0', 'B=0', 'C=0'],
      Labels: { l: 'theirs', m: 'm', 'wharf.keep': 'true' },
      ExposedPorts: { '81/tcp': {} },
      Volumes: { '/b': {} },
    },
  );
  assert.deepEqual(config.Env, ['A=1', 'C', 'B=0']);
  assert.deepEqual(config.Labels, { l: 'mine', m: 'm' });
  assert.deepEqual(Object.keys(config.ExposedPorts ?? {}), ['81/tcp', '80/tcp']);
  assert.deepEqual(Object.keys(config.Volumes ?? {}), ['/b', '/a']);
});

test('createRecord() names the host by the id, or as the host in its network', () => {
  assert.equal(recordOf().config.Hostname, 'c0ffee000000');
  assert.equal(recordOf({ Hostname: 'hull' }).config.Hostname, 'hull');
  assert.equal(recordOf({ HostConfig: { NetworkMode: 'host' } }).config.Hostname, 'harbour');
});

test('createRecord() fills in the defaults of the host configuration', () => {
  const { hostConfig } = recordOf({
    HostConfig: { Memory: 2 ** 26, MemorySwappiness: -1, NetworkMode: 'default' },
  });
  assert.equal(hostConfig.NetworkMode, 'bridge');
  assert.equal(hostConfig.IpcMode, 'private');
  assert.equal(hostConfig.CgroupnsMode, 'host');
  assert.equal(hostConfig.ShmSize, 67_108_864);
  assert.equal(hostConfig.MemorySwap, 2 ** 27);
  assert.equal(hostConfig.MemorySwappiness, null);
  assert.deepEqual(hostConfig.RestartPolicy, { Name: 'no', MaximumRetryCount: 0 });
  assert.deepEqual(hostConfig.LogConfig, { Type: 'json-file', Config: {} });
  assert.ok(hostConfig.MaskedPaths?.includes('/proc/kcore'));
  assert.deepEqual(recordOf({ HostConfig: { Privileged: true } }).hostConfig.MaskedPaths, []);
});

test('createRecord() has a cgroup namespace of its own on cgroup v2', () => {
  const onV2 = { ...defaults, cgroupVersion: 2 } as const;
  assert.equal(recordOf({}, undefined, { defaults: onV2 }).hostConfig.CgroupnsMode, 'private');
  const told = { ...onV2, cgroupnsMode: 'host' } as const;
  assert.equal(recordOf({}, undefined, { defaults: told }).hostConfig.CgroupnsMode, 'host');
});

test("createRecord() fills in the daemon's defaults where the request is silent", () => {
  const told = {
    ...defaults,
    ulimits: [
      { Name: 'nofile', Soft: 1, Hard: 2 },
      { Name: 'nproc', Soft: 3, Hard: 4 },
    ],
    ipcMode: 'shareable',
    securityOptions: ['no-new-privileges'],
  } as const;
  const asked = { Ulimits: [{ Name: 'nproc', Soft: 5, Hard: 6 }], SecurityOpt: ['seccomp=unconfined'] };
  const { hostConfig } = recordOf({ HostConfig: asked }, undefined, { defaults: told });
  assert.deepEqual(hostConfig.Ulimits, [...asked.Ulimits, told.ulimits[0]]);
  assert.deepEqual(hostConfig.SecurityOpt, ['no-new-privileges', 'seccomp=unconfined']);
  assert.equal(hostConfig.IpcMode, 'shareable');
  const privileged = recordOf({ HostConfig: { Privileged: true } }, undefined, { defaults: told });
  assert.deepEqual(privileged.hostConfig.SecurityOpt, null);
});

test("createRecord() refuses limits that can't be, in Docker's words", () => {
  assert.equal(refusal({ Memory: 1024 }), 'Minimum memory limit allowed is 6MB');
  assert.match(
    refusal({ Memory: 2 ** 26, MemorySwap: 2 ** 25 }),
    /^Minimum memoryswap limit should be larger/,
  );
  assert.match(refusal({ MemorySwap: 2 ** 26 }), /^You should always set the Memory limit/);
  assert.match(refusal({ NanoCpus: 5e9 }), /^range of CPUs is from 0.01 to 4.00, as there are only 4/);
  assert.match(
    refusal({ CpusetCpus: '0-7' }),
    /^Requested CPUs are not available - requested 0-7, available: 0-3$/,
  );
  assert.equal(refusal({ CpusetCpus: 'x' }), 'Invalid value x for cpuset cpus: invalid format: x');
  assert.match(refusal({ CpuPeriod: 10 }), /^CPU cfs period can not be less than 1ms/);
  assert.match(refusal({ OomScoreAdj: -2000 }), /range for oom score adj is \[-1000, 1000\]$/);
  assert.match(refusal({ BlkioWeight: 5 }), /^Range of blkio weight/);
});

test("createRecord() refuses what contradicts itself, in Docker's words", () => {
  assert.match(
    refusal({ RestartPolicy: { Name: 'often' } }),
    /^invalid restart policy: unknown policy 'often'/,
  );
  assert.match(
    refusal({ RestartPolicy: { Name: 'always' }, AutoRemove: true }),
    /^can't create 'AutoRemove'/,
  );
  assert.match(refusal({ NetworkMode: 'host', Sysctls: { 'net.x': '1' } }), /^sysctl 'net.x' not allowed/);
  assert.match(refusal({ PortBindings: { '80/ip': [] } }), /^invalid port specification: "80\/ip"$/);
  assert.match(refusal({ IpcMode: 'shared' }), /^invalid IPC mode: shared$/);
  assert.throws(
    () => recordOf({ WorkingDir: 'a' }),
    /the working directory 'a' is invalid, it needs to be an absolute path/,
  );
  assert.throws(() => recordOf({ StopSignal: 'SIGNAL' }), /invalid signal: SIGNAL/);
  assert.throws(() => recordOf({ Env: ['=x'] }), /invalid environment variable: =x/);
});
