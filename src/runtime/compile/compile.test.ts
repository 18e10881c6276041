import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CgroupSetup } from '#linux';
import { type LinuxSpec, type ProcessSpec, type RuntimeSpec, runtimeSpecVersion } from '#oci';
import type { Op } from '../plan/plan.ts';
import { defaultSeccompProfile } from '../seccomp/default-profile.ts';
import { resolveSeccomp } from '../seccomp/profile.ts';
import { compile } from './compile.ts';
import { compileExec } from './compile-exec.ts';
import { assertGolden } from './testing/golden.ts';

const legacy: CgroupSetup = {
  version: 1,
  hierarchies: [
    { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] },
    { mountPoint: '/sys/fs/cgroup/cpuset', controllers: ['cpuset'] },
    { mountPoint: '/sys/fs/cgroup/memory', controllers: ['memory'] },
    { mountPoint: '/sys/fs/cgroup/pids', controllers: ['pids'] },
    { mountPoint: '/sys/fs/cgroup/devices', controllers: ['devices'] },
    { mountPoint: '/sys/fs/cgroup/systemd', controllers: ['name=systemd'] },
  ],
  path: '/wharf/box',
  cpuset: { cpus: '0-1', mems: '0' },
};

const unified: CgroupSetup = {
  version: 2,
  hierarchies: [{ mountPoint: '/sys/fs/cgroup', controllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'] }],
  path: '/wharf/box',
};

const bundle = '/run/box';

const process: ProcessSpec = {
  args: ['sh', '-c', 'true'],
  cwd: '/srv/app',
  env: ['PATH=/bin'],
  user: { uid: 1000, gid: 100, additionalGids: [5, 6] },
  capabilities: { bounding: ['CAP_CHOWN', 'CAP_KILL'], effective: ['CAP_KILL'], permitted: ['CAP_KILL'] },
  rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1024, hard: -1 }],
  oomScoreAdj: 100,
};

const linux: LinuxSpec = {
  namespaces: (['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'] as const).map((type) => ({ type })),
  resources: {
    memory: { limit: 67_108_864, swap: 134_217_728, reservation: 33_554_432 },
    cpu: { shares: 512, quota: 50_000, period: 100_000 },
    pids: { limit: 100 },
    devices: [
      { allow: false, access: 'rwm' },
      { allow: true, type: 'c', major: 10, minor: 229, access: 'rwm' },
    ],
  },
  sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0' },
  maskedPaths: ['/proc/kcore', '/sys/firmware'],
  readonlyPaths: ['/proc/sys'],
};

const quiet = ['nosuid', 'noexec', 'nodev'];
const spec: RuntimeSpec = {
  ociVersion: runtimeSpecVersion,
  root: { path: 'rootfs', readonly: true },
  hostname: 'box',
  process,
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc', options: quiet },
    { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
    {
      destination: '/dev/pts',
      type: 'devpts',
      source: 'devpts',
      options: ['nosuid', 'newinstance', 'gid=5'],
    },
    { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...quiet, 'ro'] },
    { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...quiet, 'ro'] },
    { destination: '/data', type: 'bind', source: '/srv/data', options: ['rbind', 'ro', 'rprivate'] },
  ],
  linux,
};

function withLinux(change: Partial<LinuxSpec>): RuntimeSpec {
  return { ...spec, linux: { ...linux, ...change } };
}

function withProcess(change: Partial<ProcessSpec>): RuntimeSpec {
  return { ...spec, process: { ...process, ...change } };
}

function initOf(given: RuntimeSpec): readonly Op[] {
  return compile(given, { bundle }).init;
}

function ofKind<Name extends Op['op']>(ops: readonly Op[], name: Name): Extract<Op, { op: Name }>[] {
  return ops.filter((op): op is Extract<Op, { op: Name }> => op.op === name);
}

const order = (ops: readonly Op[], names: readonly Op['op'][]) =>
  names.map((name) => ops.findIndex(({ op }) => op === name));
const isRising = (places: readonly number[]) =>
  places.every((place, index) => place > (places[index - 1] ?? -1));

test('compile() makes the whole plan on cgroup v1', () => {
  const overlay = {
    type: 'overlay',
    source: 'overlay',
    options: ['lowerdir=/l/1:/l/2', 'upperdir=/u', 'workdir=/w'],
  };
  assertGolden(
    'cgroup-v1',
    compile(spec, { bundle, rootMounts: [overlay], cgroup: legacy, sessionName: 'box' }),
  );
});

test('compile() makes the whole plan on cgroup v2', () => {
  assertGolden('cgroup-v2', compile(spec, { bundle, cgroup: unified }));
});

test('compileExec() waits for its cgroup, then only becomes the process', () => {
  assertGolden('exec', compileExec({ ...process, terminal: true }, { cgroup: legacy }));
});

test('compile() takes a namespace with a path by joining it, and leaves out what is not named', () => {
  const namespaces = [
    { type: 'mount' },
    { type: 'network', path: '/proc/7/ns/net' },
    { type: 'pid', path: '/proc/7/ns/pid' },
  ] as const;
  const plan = compile(withLinux({ namespaces }), { bundle });
  assert.equal(plan.cloneFlags, 0x2_0000n);
  assert.deepEqual(plan.before, [{ op: 'joinPidNamespace', path: '/proc/7/ns/pid' }]);
  assert.deepEqual(plan.init[0], { op: 'setns', path: '/proc/7/ns/net', kind: 0x4000_0000 });
  assert.deepEqual(ofKind(plan.init, 'unshare'), []);
});

test('compile() refuses namespaces that no container can have', () => {
  const refuse = (types: readonly ('pid' | 'user' | 'mount')[], pattern: RegExp) =>
    assert.throws(() => initOf(withLinux({ namespaces: types.map((type) => ({ type })) })), pattern);
  refuse(['pid'], /mount namespace of its own/);
  refuse(['mount', 'pid', 'pid'], /duplicated ns "pid"/);
  refuse(['mount', 'user'], /user namespaces are not supported/);
});

test('compile() enters a new cgroup namespace only in its cgroup', () => {
  const init = initOf(spec);
  assert.ok(
    isRising(order(init, ['mount', 'mknod', 'wait', 'unshare', 'writeProc', 'mask', 'pivotRoot', 'exec'])),
  );
});

test('compile() installs the filter before rights are dropped, and last with no_new_privs', () => {
  const seccomp = resolveSeccomp(defaultSeccompProfile, { capabilities: [], kernelRelease: '6.1' });
  const before = initOf(withLinux({ seccomp }));
  assert.ok(
    isRising(order(before, ['seccomp', 'capBounding', 'setgroups', 'setgid', 'setuid', 'capSet', 'exec'])),
  );
  assert.deepEqual(ofKind(before, 'noNewPrivs'), []);
  const after = initOf({ ...withProcess({ noNewPrivileges: true }), linux: { ...linux, seccomp } });
  assert.ok(isRising(order(after, ['capBounding', 'setuid', 'capSet', 'noNewPrivs', 'seccomp', 'exec'])));
});

test('compile() needs no right for what the spec does not ask', () => {
  const init = initOf(withProcess({ rlimits: [], oomScoreAdj: 0, user: { uid: 0, gid: 0 } }));
  assert.deepEqual(ofKind(init, 'rlimit'), []);
  assert.deepEqual(ofKind(init, 'stdioOwner'), []);
  assert.ok(ofKind(init, 'writeProc').every(({ path }) => path.startsWith('sys/')));
});

test('compile() gives every container the default devices, which the spec may change or add to', () => {
  const devices = [
    { path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o600 },
    { path: '/dev/net/tun', type: 'c', major: 10, minor: 200 },
  ] as const;
  const nodes = ofKind(initOf(withLinux({ devices })), 'mknod');
  const names = ['null', 'zero', 'full', 'random', 'urandom', 'tty', 'net/tun'];
  assert.deepEqual(
    nodes.map(({ target }) => target),
    names.map((name) => `/dev/${name}`),
  );
  assert.equal(nodes[0]?.mode, 0o020600);
  assert.equal(nodes.at(-1)?.mode, 0o020666);
});

test('compile() makes no devices where the host shows its own', () => {
  const mounts = [{ destination: '/dev/', type: 'bind', source: '/dev', options: ['rbind'] }];
  assert.deepEqual(ofKind(initOf({ ...spec, mounts }), 'mknod'), []);
});

test('compile() passes mounts of the host on only where a mount asks for it', () => {
  const slave = 1n << 19n;
  const mounts = [
    { destination: '/a', type: 'bind', source: 'a', options: ['rbind', 'rslave'] },
    { destination: '/b', type: 'bind', source: '/b', options: ['bind', 'private', 'rro'] },
  ];
  const init = initOf({ ...spec, mounts });
  const [all, ...rest] = ofKind(init, 'propagate');
  assert.equal(all?.propagation, slave);
  assert.deepEqual(rest, [{ op: 'propagate', target: '/b', recursive: 0, propagation: 1n << 18n }]);
  assert.equal(ofKind(init, 'bind').find(({ target }) => target === '/a')?.source, `${bundle}/a`);
  assert.deepEqual(ofKind(init, 'setattr')[0], {
    op: 'setattr',
    target: '/b',
    recursive: 1,
    set: 1n,
    clear: 0n,
  });
});

test('compile() moves a mount that is made already to its place, and makes the others', () => {
  const mounts = [
    { destination: '/a/', type: 'bind', source: '/srv/a', options: ['rbind', 'ro', 'shared'] },
    { destination: '/b', type: 'bind', source: '/srv/b', options: ['rbind'] },
  ];
  const readyMounts = new Map([['/a/', '/proc/7/fd/9']]);
  const { init } = compile({ ...spec, mounts }, { bundle, readyMounts });
  assert.deepEqual(ofKind(init, 'place'), [{ op: 'place', source: '/proc/7/fd/9', target: '/a/' }]);
  assert.deepEqual(
    ofKind(init, 'bind')
      .map(({ target }) => target)
      .filter((target) => !target.startsWith(bundle)),
    ['/b'],
  );
});

test('compile() leaves an init behind just before the program, and compileExec() never does', () => {
  const names = (init: boolean) => compile(spec, { bundle, init }).init.map(({ op }) => op);
  assert.deepEqual(names(true).slice(-3), ['closeFds', 'supervise', 'exec']);
  assert.deepEqual(
    names(true).filter((op) => op !== 'supervise'),
    names(false),
  );
  assert.ok(compileExec(process, {}).init.every(({ op }) => op !== 'supervise'));
});

test('compileExec() tells a shim of revision 1 only what it knows', () => {
  const before = (cgroup: CgroupSetup) =>
    compileExec(process, { cgroup, planRevision: 1 }).before.map(({ op }) => op);
  const after = (cgroup: CgroupSetup) =>
    compileExec(process, { cgroup, planRevision: 1 }).after.map(({ op }) => op);
  assert.deepEqual([before(legacy), after(unified)], [[], []]);
  assert.deepEqual(before(unified), ['enterCgroup']);
  assert.deepEqual(
    after(legacy),
    legacy.hierarchies.map(() => 'attach'),
  );
});

test('compile() reports a limit whose controller the host does not have', () => {
  const hierarchies = legacy.hierarchies.filter(({ controllers }) => !controllers.includes('memory'));
  assert.throws(
    () => compile(spec, { bundle, cgroup: { ...legacy, hierarchies } }),
    /^EngineError: cannot set memory limit: container could not join or create cgroup$/,
  );
});

test('compile() refuses a sysctl that leaves /proc/sys and reads both spellings', () => {
  const pathOf = (name: string) =>
    ofKind(initOf(withLinux({ sysctl: { [name]: '1' } })), 'writeProc').find(({ path }) =>
      path.startsWith('sys/'),
    )?.path;
  assert.equal(pathOf('net.ipv4.conf.eth0/1.rp_filter'), 'sys/net/ipv4/conf/eth0.1/rp_filter');
  assert.equal(pathOf('net/ipv4/conf/eth0.1/rp_filter'), 'sys/net/ipv4/conf/eth0.1/rp_filter');
  assert.throws(() => pathOf('net/../../self/mem'), /invalid sysctl/);
});

test('compile() refuses names that the kernel does not know', () => {
  assert.throws(
    () => initOf(withProcess({ capabilities: { bounding: ['CAP_X'] } })),
    /unknown capability: "CAP_X"/,
  );
  assert.throws(
    () => initOf(withProcess({ rlimits: [{ type: 'RLIMIT_X', soft: 1, hard: 1 }] })),
    /invalid rlimit type/,
  );
  const { process: _, ...withoutProcess } = spec;
  assert.throws(() => initOf(withoutProcess), /process property must not be empty/);
});
