import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerCreateRequest } from '#api';
import { capabilityNames, type RuntimeSpec } from '#oci';
import { type Loose, recordOf } from '../testing/records.ts';
import { buildSpec, type SpecContext } from './build-spec.ts';
import { defaultCapabilities } from './capabilities.ts';

const context: SpecContext = {
  user: { uid: 0, gid: 0, additionalGids: [0], home: '/root' },
  files: { resolvConf: '/f/resolv.conf', hostname: '/f/hostname', hosts: '/f/hosts', log: '' },
  mounts: [],
  secrets: [],
  linkVariables: [],
  joined: {},
  cgroupsPath: '/wharf/x',
  devices: {
    at: (path) => [{ path, type: 'c', major: 10, minor: 229, fileMode: 0o666, uid: 0, gid: 0 }],
    all: () => [],
  },
  available: capabilityNames,
  resolveSeccomp: (profile) => ({ defaultAction: 'SCMP_ACT_ERRNO', flags: [profile ?? 'default'] }),
};

const specOf = (
  request: Loose<ContainerCreateRequest> = {},
  over: Partial<SpecContext> = {},
): RuntimeSpec => {
  const record = recordOf(request);
  return buildSpec(record, { ...context, mounts: record.mounts, ...over });
};
const at = (spec: RuntimeSpec, destination: string) =>
  (spec.mounts ?? []).filter((mount) => mount.destination === destination);

test('buildSpec() gives fourteen capabilities by default and none into effect for others than root', () => {
  assert.equal(defaultCapabilities.length, 14);
  const { process } = specOf();
  assert.deepEqual(process?.capabilities?.effective, defaultCapabilities);
  assert.equal(process?.capabilities?.inheritable, undefined);
  const user = { uid: 1000, gid: 1000, additionalGids: [], home: '/' };
  assert.deepEqual(Object.keys(specOf({}, { user }).process?.capabilities ?? {}), ['bounding']);
});

test('buildSpec() adds and drops capabilities, ALL on either side', () => {
  const bounding = (host: Loose<ContainerCreateRequest>['HostConfig']) =>
    specOf({ HostConfig: host }).process?.capabilities?.bounding ?? [];
  assert.ok(bounding({ CapAdd: ['net_admin'] }).includes('CAP_NET_ADMIN'));
  assert.ok(!bounding({ CapDrop: ['CAP_CHOWN'] }).includes('CAP_CHOWN'));
  assert.deepEqual(bounding({ CapDrop: ['ALL'], CapAdd: ['KILL'] }), ['CAP_KILL']);
  assert.equal(bounding({ CapAdd: ['ALL'], CapDrop: ['KILL'] }).length, capabilityNames.length - 1);
  assert.deepEqual(bounding({ Privileged: true }), capabilityNames);
  assert.throws(() => bounding({ CapAdd: ['FLY'] }), /invalid CapAdd: unknown capability: "CAP_FLY"/);
});

test('buildSpec() drops a default capability that the daemon does not hold, not one that is asked for', () => {
  const available = ['CAP_CHOWN'];
  const record = specOf({ HostConfig: { CapAdd: ['SYS_ADMIN'] } }, { available });
  assert.deepEqual(record.process?.capabilities?.bounding, ['CAP_CHOWN', 'CAP_SYS_ADMIN']);
});

test('buildSpec() sets PATH, HOSTNAME, TERM and HOME around the environment of the configuration', () => {
  assert.deepEqual(specOf({ Tty: true, Hostname: 'hull', Env: ['A=1', 'PATH=/x'] }).process?.env, [
    'PATH=/x',
    'HOSTNAME=hull',
    'TERM=xterm',
    'A=1',
    'HOME=/root',
  ]);
  assert.ok(
    !specOf({ Env: ['HOME=/h', 'PATH'] }).process?.env?.some((entry) => /^PATH|HOME=\/root/.test(entry)),
  );
});

test('buildSpec() mounts /proc, /dev and /sys read-only but for privileged containers', () => {
  assert.ok(at(specOf(), '/sys')[0]?.options?.includes('ro'));
  assert.ok(!at(specOf({ HostConfig: { Privileged: true } }), '/sys')[0]?.options?.includes('ro'));
  assert.deepEqual(at(specOf({ HostConfig: { ShmSize: 4096 } }), '/dev/shm')[0]?.options, [
    'nosuid',
    'noexec',
    'nodev',
    'mode=1777',
    'size=4096',
  ]);
});

test('buildSpec() lets a mount of the user take the place of a default one', () => {
  const hosts = at(specOf({ HostConfig: { Binds: ['/my/hosts:/etc/hosts:ro'] } }), '/etc/hosts');
  assert.deepEqual(
    hosts.map(({ source }) => source),
    ['/my/hosts'],
  );
  assert.ok(hosts[0]?.options?.includes('ro'));
});

test('buildSpec() makes, joins or leaves out each namespace', () => {
  const types = (spec: RuntimeSpec) =>
    spec.linux?.namespaces?.map(({ type, path }) => (path ? `${type}:${path}` : type));
  assert.deepEqual(types(specOf()), ['mount', 'network', 'uts', 'pid', 'ipc']);
  assert.deepEqual(types(specOf({}, { joined: { network: '', pid: '/proc/7/ns/pid' } })), [
    'mount',
    'uts',
    'pid:/proc/7/ns/pid',
    'ipc',
  ]);
  assert.equal(specOf({}, { joined: { uts: '' } }).hostname, undefined);
  assert.deepEqual(specOf({}, { joined: { network: '' } }).linux?.sysctl, {});
});

test('buildSpec() takes the default seccomp profile, a given one, or none', () => {
  const flags = (host: Loose<ContainerCreateRequest>['HostConfig']) =>
    specOf({ HostConfig: host }).linux?.seccomp?.flags;
  assert.deepEqual(flags({}), ['default']);
  assert.deepEqual(flags({ SecurityOpt: ['seccomp={"x":1}'] }), ['{"x":1}']);
  assert.equal(flags({ SecurityOpt: ['seccomp=unconfined'] }), undefined);
  assert.equal(flags({ Privileged: true }), undefined);
});

test('buildSpec() reads the other security options', () => {
  assert.equal(specOf({ HostConfig: { SecurityOpt: ['no-new-privileges'] } }).process?.noNewPrivileges, true);
  assert.deepEqual(
    specOf({ HostConfig: { SecurityOpt: ['systempaths=unconfined'] } }).linux?.maskedPaths,
    [],
  );
  assert.throws(() => specOf({ HostConfig: { SecurityOpt: ['what'] } }), /invalid --security-opt 1: "what"/);
});

test('buildSpec() turns limits into resources', () => {
  const { resources } =
    specOf({
      HostConfig: { Memory: 2 ** 26, NanoCpus: 5e8, CpuShares: 512, PidsLimit: 9, CpusetCpus: '0-1' },
    }).linux ?? {};
  assert.deepEqual(resources?.memory, { limit: 2 ** 26, swap: 2 ** 27 });
  assert.deepEqual(resources?.cpu, { shares: 512, quota: 50_000, period: 100_000, cpus: '0-1' });
  assert.deepEqual(resources?.pids, { limit: 9 });
  assert.deepEqual(specOf().linux?.resources?.memory, {});
});

test('buildSpec() opens a device that is asked for and all when privileged', () => {
  const { devices, resources } =
    specOf({
      HostConfig: {
        Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/dev/f', CgroupPermissions: 'r' }],
      },
    }).linux ?? {};
  assert.deepEqual(
    devices?.map(({ path }) => path),
    ['/dev/f'],
  );
  assert.deepEqual(resources?.devices?.at(-1), {
    allow: true,
    type: 'c',
    major: 10,
    minor: 229,
    access: 'r',
  });
  const accesses = (CgroupPermissions: string) =>
    specOf({
      HostConfig: { Devices: [{ PathOnHost: '/dev/fuse', PathInContainer: '/f', CgroupPermissions }] },
    })
      .linux?.resources?.devices?.filter(({ major }) => major === 10)
      .map(({ access }) => access);
  assert.deepEqual([accesses('xwmr'), accesses('xyz'), accesses('')], [['rwm'], [], ['rwm']]);
  assert.deepEqual(specOf({ HostConfig: { Privileged: true } }).linux?.resources?.devices, [
    { allow: true, access: 'rwm' },
  ]);
});
