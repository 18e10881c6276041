import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import {
  cgroupDirectory,
  cgroupProcesses,
  cgroupStats,
  freezeCgroup,
  isCgroupFrozen,
  oomKills,
  thawCgroup,
} from '#linux';
import { capabilitiesOf, capabilityMask, type LinuxSeccomp } from '#oci';
import { compileExec, encodePlan } from '#runtime';
import {
  makeBundle,
  removeCgroupParent,
  runContainer,
  specOf,
  startContainer,
  unifiedCgroups,
  usualCapabilities,
} from './container.ts';

after(removeCgroupParent);

const hex = (mask: bigint) => mask.toString(16).padStart(16, '0');
const usualMask = hex(capabilityMask(usualCapabilities));
const allowAll: LinuxSeccomp = { defaultAction: 'SCMP_ACT_ALLOW' };

test('a container has namespaces of its own, and its init is a process of the host', async (t) => {
  const { task } = await startContainer(t, specOf('exec sleep 60'));
  for (const name of ['pid', 'mnt', 'uts', 'ipc', 'net', 'cgroup']) {
    const [own, host] = [`/proc/${task.pid}/ns/${name}`, `/proc/self/ns/${name}`].map((path) =>
      readlinkSync(path),
    );
    assert.notEqual(own, host, name);
  }
  assert.equal(readlinkSync(`/proc/${task.pid}/ns/user`), readlinkSync('/proc/self/ns/user'));
});

test('a container sees itself as process 1 with its own host name and cgroup', async (t) => {
  const { output } = await runContainer(
    t,
    specOf('echo $$; hostname; cut -d: -f3 /proc/self/cgroup | sort -u'),
  );
  assert.equal(output, '1\nbox\n/\n');
});

test('a container joins the namespaces that its spec names and keeps the others of the host', async (t) => {
  const { task } = await startContainer(t, specOf('exec sleep 60'));
  const namespaces = [
    { type: 'mount' },
    { type: 'network', path: `/proc/${task.pid}/ns/net` },
    { type: 'ipc', path: `/proc/${task.pid}/ns/ipc` },
    { type: 'pid', path: `/proc/${task.pid}/ns/pid` },
  ] as const;
  const { task: joined } = await startContainer(
    t,
    specOf('exec sleep 60', { hostname: '' }, {}, { namespaces }),
  );
  const same = (name: string, pid: number | 'self') =>
    assert.equal(
      readlinkSync(`/proc/${joined.pid}/ns/${name}`),
      readlinkSync(`/proc/${pid}/ns/${name}`),
      name,
    );
  for (const name of ['net', 'ipc', 'pid']) same(name, task.pid);
  same('uts', 'self');
});

test('a process gets exactly the capabilities of its sets', async (t) => {
  const script = 'grep ^Cap /proc/self/status | cut -f2';
  const none = '0'.repeat(16);
  assert.equal(
    (await runContainer(t, specOf(script))).output,
    [none, usualMask, usualMask, usualMask, none, ''].join('\n'),
  );
  const kill = capabilityMask(['CAP_KILL']);
  const capabilities = {
    bounding: ['CAP_KILL'],
    permitted: ['CAP_KILL'],
    inheritable: ['CAP_KILL'],
    ambient: ['CAP_KILL'],
  };
  const user = { uid: 1000, gid: 1000 };
  const { output } = await runContainer(t, specOf(script, {}, { capabilities, user }));
  assert.equal(output, `${hex(kill)}\n`.repeat(5));
});

test('a process runs as its user, with its groups, umask, directory and environment', async (t) => {
  const user = { uid: 1000, gid: 100, additionalGids: [5, 10], umask: 0o077 };
  const process = { user, cwd: '/made/for/it', env: ['PATH=/bin', 'SAILS=white'] };
  const { output } = await runContainer(
    t,
    specOf('id -u; id -g; id -G; umask; pwd; echo $SAILS', {}, process),
  );
  assert.equal(output, '1000\n100\n100 5 10\n0077\n/made/for/it\nwhite\n');
});

test('a process that is not root can write to its own standard output by name', async (t) => {
  const { output } = await runContainer(
    t,
    specOf('echo ahoy > /dev/stdout', {}, { user: { uid: 1000, gid: 1000 } }),
  );
  assert.equal(output, 'ahoy\n');
});

test('the default filter denies what could leave the container', async (t) => {
  const script =
    'unshare -m true; mount -t tmpfs t /tmp; echo; grep -E "^(Seccomp|NoNewPrivs):" /proc/self/status';
  const { output } = await runContainer(t, specOf(script));
  assert.match(output, /unshare.*Operation not permitted/);
  assert.match(output, /mount: permission denied/);
  assert.match(output, /NoNewPrivs:\t0\nSeccomp:\t2/);
});

test('no_new_privs is set with the filter, also for a process that is not root', async (t) => {
  const process = { noNewPrivileges: true, user: { uid: 1000, gid: 1000 } };
  const { output } = await runContainer(
    t,
    specOf('grep -E "^(Seccomp|NoNewPrivs):" /proc/self/status', {}, process),
  );
  assert.equal(output, 'NoNewPrivs:\t1\nSeccomp:\t2\n');
});

test('a filter acts on arguments and gives its own error number', async (t) => {
  const seccomp: LinuxSeccomp = {
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      {
        names: ['kill'],
        action: 'SCMP_ACT_ERRNO',
        errnoRet: 11,
        args: [{ index: 1, value: 10, op: 'SCMP_CMP_EQ' }],
      },
    ],
  };
  const { output } = await runContainer(t, specOf('kill -0 1 && kill -10 1', {}, {}, { seccomp }));
  assert.match(output, /Resource temporarily unavailable/);
});

test('masked paths are empty and read-only paths refuse writing', async (t) => {
  const script =
    'ls /sys/firmware | wc -l; cat /proc/timer_list | wc -c; echo 1 > /proc/sys/net/ipv4/ip_forward';
  const { output } = await runContainer(t, specOf(script));
  assert.match(output, /^0\n0\n.*Read-only file system\n$/);
});

test('a sysctl of the spec is set although /proc/sys is read-only', async (t) => {
  const sysctl = { 'net.ipv4.ip_unprivileged_port_start': '7', 'kernel.shm_rmid_forced': '1' };
  const script = 'cat /proc/sys/net/ipv4/ip_unprivileged_port_start /proc/sys/kernel/shm_rmid_forced';
  assert.equal((await runContainer(t, specOf(script, {}, {}, { sysctl }))).output, '7\n1\n');
});

test('a read-only root refuses writing, a tmpfs on it does not', async (t) => {
  const base = specOf('touch /x; touch /scratch/x && ls /scratch');
  const scratch = { destination: '/scratch', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'size=1m'] };
  const spec = {
    ...base,
    root: { path: 'rootfs', readonly: true },
    mounts: [...(base.mounts ?? []), scratch],
  };
  // The mount point is made in the root before that becomes read-only.
  assert.match((await runContainer(t, spec)).output, /Read-only file system\nx\n$/);
});

test('bind mounts take files and directories, make what is missing, and can be read-only', async (t) => {
  const bundle = makeBundle(t);
  mkdirSync(join(bundle, 'cargo'));
  writeFileSync(join(bundle, 'cargo', 'list'), 'tea\n');
  const base = specOf('cat /a/list /deep/down/list; touch /a/new; ls /a; touch /b/new');
  const mounts = [
    ...(base.mounts ?? []),
    { destination: '/a', type: 'bind', source: 'cargo', options: ['rbind'] },
    { destination: '/b', type: 'bind', source: join(bundle, 'cargo'), options: ['bind', 'ro'] },
    {
      destination: '/deep/down/list',
      type: 'bind',
      source: join(bundle, 'cargo/list'),
      options: ['bind', 'rro'],
    },
  ];
  const { ended } = await startContainer(t, { ...base, mounts }, bundle);
  assert.equal((await ended()).output, 'tea\ntea\nlist\nnew\ntouch: /b/new: Read-only file system\n');
});

test('the usual devices work and no other can be opened, though any can be made', async (t) => {
  const script = `
    head -c 3 /dev/zero | wc -c; echo x > /dev/null; [ -c /dev/tty ]; readlink /dev/fd; readlink /dev/ptmx
    mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk`;
  const { output } = await runContainer(t, specOf(script));
  assert.match(output, /^3\n\/proc\/self\/fd\npts\/ptmx\nhead: \/tmp\/disk: Operation not permitted\n$/);
});

test('a device of the spec is made with its mode and owner, and its rule lets it be opened', async (t) => {
  const devices = [
    { path: '/dev/net/tun', type: 'c', major: 10, minor: 200, fileMode: 0o640, gid: 5 },
  ] as const;
  const rules = [
    { allow: false, access: 'rwm' },
    { allow: true, type: 'c', major: 10, minor: 200, access: 'rw' },
  ] as const;
  const script = 'stat -c "%a %u:%g %t,%T" /dev/net/tun';
  const { output } = await runContainer(
    t,
    specOf(script, {}, {}, { devices, resources: { devices: rules } }),
  );
  assert.equal(output, '640 0:5 a,c8\n');
});

test('cgroup v2: the process starts in its cgroup, where a program guards the devices', async (t) => {
  const cgroups = unifiedCgroups();
  if (cgroups === undefined) return t.skip('no cgroup2 is mounted');
  const script = `
    grep ^0: /proc/self/cgroup; ls /sys/fs/cgroup/cgroup.procs
    echo x > /dev/null; head -c 1 /dev/zero | wc -c
    mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk`;
  const { cgroup, ended } = await startContainer(t, specOf(script), makeBundle(t), cgroups);
  assert.equal(cgroup.version, 2);
  assert.equal(
    (await ended()).output,
    '0::/\n/sys/fs/cgroup/cgroup.procs\n1\nhead: /tmp/disk: Operation not permitted\n',
  );
});

test('limits are in the files of the cgroup before the process runs', async (t) => {
  const resources = {
    memory: { limit: 67_108_864 },
    cpu: { shares: 512, quota: 50_000, period: 100_000, cpus: '0' },
    pids: { limit: 50 },
  };
  const { cgroup, task } = await startContainer(t, specOf('exec sleep 60', {}, {}, { resources }));
  const read = (controller: string, file: string) =>
    readFileSync(`${cgroupDirectory(cgroup, controller)}/${file}`, 'utf8').trim();
  const expected: Readonly<Record<string, readonly [string, string]>> =
    cgroup.version === 1
      ? {
          'memory.limit_in_bytes': ['memory', '67108864'],
          'cpu.shares': ['cpu', '512'],
          'cpu.cfs_quota_us': ['cpu', '50000'],
          'cpuset.cpus': ['cpuset', '0'],
          'pids.max': ['pids', '50'],
        }
      : {
          'memory.max': ['memory', '67108864'],
          'cpu.max': ['cpu', '50000 100000'],
          'cpuset.cpus': ['cpuset', '0'],
          'pids.max': ['pids', '50'],
        };
  for (const [file, [controller, value]] of Object.entries(expected))
    assert.equal(read(controller, file), value, file);
  assert.deepEqual(cgroupProcesses(cgroup), [task.pid]);
  const stats = cgroupStats(cgroup);
  assert.equal(stats.memory?.limitBytes, 67_108_864);
  assert.deepEqual(stats.pids, { current: 1, limit: 50 });
});

test('a process over its memory limit is killed, and the cgroup counts it', async (t) => {
  const resources = { memory: { limit: 16 * 2 ** 20 } };
  const { cgroup, ended } = await startContainer(
    t,
    specOf('exec tail -c 100m /dev/zero', {}, {}, { resources }),
  );
  const { code, signal } = await ended();
  assert.deepEqual([code, signal], [137, 9]);
  assert.equal(oomKills(cgroup), 1);
});

test('a limit of processes holds', async (t) => {
  const resources = { pids: { limit: 3 } };
  const script = 'for i in 1 2 3 4; do sleep 1 & done; wait';
  assert.match((await runContainer(t, specOf(script, {}, {}, { resources }))).output, /can't fork/);
});

test('freezing a cgroup stands its processes still, and thawing goes on', async (t) => {
  const { cgroup, ended } = await startContainer(t, specOf('sleep 0.2; echo done'));
  await freezeCgroup(cgroup);
  assert.ok(isCgroupFrozen(cgroup));
  await thawCgroup(cgroup);
  assert.ok(!isCgroupFrozen(cgroup));
  assert.equal((await ended()).output, 'done\n');
});

test('resource limits of the process and its inclination to be killed are as the spec says', async (t) => {
  const process = { rlimits: [{ type: 'RLIMIT_NOFILE', soft: 100, hard: 200 }], oomScoreAdj: 500 };
  const { output } = await runContainer(
    t,
    specOf('ulimit -Sn; ulimit -Hn; cat /proc/self/oom_score_adj', {}, process),
  );
  assert.equal(output, '100\n200\n500\n');
});

test('a terminal is the console of the container', async (t) => {
  const process = { terminal: true, consoleSize: { height: 40, width: 120 } };
  const { output } = await runContainer(
    t,
    specOf('tty; stty size; [ -c /dev/console ] && echo console', {}, process),
  );
  assert.equal(output, '/dev/pts/0\r\n40 120\r\nconsole\r\n');
});

test('a command that is not there or cannot be run fails the start and leaves nothing', async (t) => {
  const missing = specOf('', {}, { args: ['no-such-command'] });
  await assert.rejects(
    runContainer(t, missing),
    /exec: "no-such-command": executable file not found in \$PATH/,
  );
  const directory = specOf('', {}, { args: ['/etc'] });
  await assert.rejects(runContainer(t, directory), /exec: "\/etc": .*(permission denied|is a directory)/);
});

test('a further process joins everything of the container but its own rights', async (t) => {
  const { task, cgroup } = await startContainer(t, specOf('exec sleep 60'));
  const process = {
    args: [
      'sh',
      '-c',
      'hostname; pwd; id -u; cut -d: -f3 /proc/self/cgroup | sort -u; [ -d /proc/1 ]; exit 7',
    ],
    cwd: '/tmp',
    env: ['PATH=/bin'],
    user: { uid: 1000, gid: 1000 },
    capabilities: { bounding: usualCapabilities },
  };
  const plan = encodePlan(compileExec(process, { cgroup }));
  const exec = await task.exec({ id: 'e', plan, terminal: false, openStdin: false, detached: false });
  assert.ok(exec.socket);
  const frames: Buffer[] = [];
  for await (const chunk of exec.socket) frames.push(chunk);
  assert.equal((await exec.exited).code, 7);
  const text = Buffer.concat(frames).toString('latin1');
  for (const line of ['box\n', '/tmp\n', '1000\n', '/\n']) assert.ok(text.includes(line), line);
});

test('a privileged container may mount, and no filter is in its way', async (t) => {
  const held = readFileSync('/proc/self/status', 'utf8').match(/^CapEff:\t(\w+)/m)?.[1] ?? '0';
  const all = capabilitiesOf(BigInt(`0x${held}`));
  const process = { capabilities: { bounding: all, effective: all, permitted: all } };
  const linux = { seccomp: allowAll, maskedPaths: [], readonlyPaths: [], resources: {} };
  const { output } = await runContainer(t, specOf('mount -t tmpfs t /tmp && echo yes', {}, process, linux));
  assert.equal(output, 'yes\n');
});

test('nothing of the container is mounted on the host', async (t) => {
  const { bundle } = await startContainer(t, specOf('exec sleep 60'));
  assert.ok(!readFileSync('/proc/self/mountinfo', 'utf8').includes(bundle));
  assert.ok(statSync(join(bundle, 'rootfs')).isDirectory());
});
