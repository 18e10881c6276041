import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { silentLog } from '#base';
import {
  type CgroupHost,
  type CgroupSetup,
  detectCgroups,
  parseMountInfo,
  prepareCgroup,
  removeCgroup,
} from '#linux';
import { type LinuxSpec, type ProcessSpec, type RuntimeSpec, runtimeSpecVersion } from '#oci';
import { compile, defaultSeccompProfile, encodePlan, resolveSeccomp } from '#runtime';
import { createTasks, type ExitStatus, type Task } from '#task';
import { busyboxLayer, busyboxPath } from '../../fixtures/busybox.ts';

export const corePath = fileURLToPath(new URL('../../../bin/wharf-core', import.meta.url));
export const cgroupParent = `/wharf-test-runtime-${process.pid}`;

/** The 14 capabilities of an ordinary container. */
export const usualCapabilities: readonly string[] = [
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'MKNOD',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'KILL',
  'AUDIT_WRITE',
].map((name) => `CAP_${name}`);

const quiet = ['nosuid', 'noexec', 'nodev'];

const usualLinux: LinuxSpec = {
  namespaces: (['pid', 'network', 'ipc', 'uts', 'mount', 'cgroup'] as const).map((type) => ({ type })),
  maskedPaths: ['/proc/kcore', '/proc/timer_list', '/sys/firmware', '/proc/not-there'],
  readonlyPaths: ['/proc/sys', '/proc/sysrq-trigger', '/proc/not-there'],
  resources: { devices: [{ allow: false, access: 'rwm' }] },
  seccomp: resolveSeccomp(defaultSeccompProfile, {
    capabilities: usualCapabilities,
    kernelRelease: release(),
  }),
};

const usualProcess: ProcessSpec = {
  args: ['true'],
  cwd: '/',
  env: ['PATH=/usr/bin:/bin'],
  user: { uid: 0, gid: 0 },
  capabilities: {
    bounding: usualCapabilities,
    effective: usualCapabilities,
    permitted: usualCapabilities,
  },
};

/** The spec of a container that runs a shell script, with the isolation that engines usually give. */
export function specOf(
  script: string,
  change: Partial<RuntimeSpec> = {},
  process: Partial<ProcessSpec> = {},
  linux: Partial<LinuxSpec> = {},
): RuntimeSpec {
  return {
    ociVersion: runtimeSpecVersion,
    root: { path: 'rootfs' },
    hostname: 'box',
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc', options: quiet },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      {
        destination: '/dev/pts',
        type: 'devpts',
        source: 'devpts',
        options: ['nosuid', 'noexec', 'newinstance', 'ptmxmode=0666', 'mode=0620', 'gid=5'],
      },
      { destination: '/dev/shm', type: 'tmpfs', source: 'shm', options: [...quiet, 'mode=1777', 'size=64m'] },
      { destination: '/dev/mqueue', type: 'mqueue', source: 'mqueue', options: quiet },
      { destination: '/sys', type: 'sysfs', source: 'sysfs', options: [...quiet, 'ro'] },
      { destination: '/sys/fs/cgroup', type: 'cgroup', source: 'cgroup', options: [...quiet, 'ro'] },
    ],
    ...change,
    // One stream, so that the order of lines is the script's.
    process: { ...usualProcess, args: ['sh', '-c', `exec 2>&1\n${script}`], ...process },
    linux: { ...usualLinux, ...linux },
  };
}

/** A directory with busybox as its root file system; gone when the test ends. */
export function makeBundle(t: TestContext): string {
  const directory = mkdtempSync('/var/tmp/wharf-test-runtime-');
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'rootfs'));
  execFileSync(busyboxPath, ['tar', '-x', '-C', join(directory, 'rootfs')], { input: busyboxLayer() });
  return directory;
}

export interface Running {
  readonly task: Task;
  readonly bundle: string;
  readonly cgroup: CgroupSetup;
  /** Waits for the container's end: its exit status and what it wrote, lines of both streams in order. */
  ended(): Promise<Ended>;
}

export interface Ended extends ExitStatus {
  readonly output: string;
}

/** Starts a container; it is killed and its cgroup removed when the test ends. */
export async function startContainer(
  t: TestContext,
  spec: RuntimeSpec,
  bundle = makeBundle(t),
  cgroups = detectCgroups(),
): Promise<Running> {
  const id = randomBytes(6).toString('hex');
  const cgroup = prepareCgroup(cgroups, `${cgroupParent}/${id}`);
  const tasks = createTasks({ corePath, execRoot: bundle, log: silentLog });
  const logPath = join(bundle, `${id}.log`);
  const task = await tasks.start({
    id,
    dir: join(bundle, 'containers', id),
    plan: encodePlan(compile(spec, { bundle, cgroup, sessionName: id })),
    terminal: spec.process?.terminal ?? false,
    openStdin: false,
    stdinOnce: false,
    log: { path: logPath, format: 'json-file', maxSize: 0, maxFiles: 1, attributes: '' },
  });
  t.after(async () => {
    await task.kill(9).catch(() => undefined);
    await task.exited;
    task.close();
    await removeCgroup(cgroup);
  });
  const ended = async () => ({ ...(await task.exited), output: readLog(logPath) });
  return { task, bundle, cgroup, ended };
}

/** For the end of a test file: removes the cgroup above those of its containers. */
export async function removeCgroupParent(): Promise<void> {
  for (const host of [detectCgroups(), unifiedCgroups()]) {
    if (host !== undefined) await removeCgroup({ ...host, path: cgroupParent });
  }
}

/** The host's cgroup2 as if it were all there is; on a hybrid host it has no controllers, but it has devices. */
export function unifiedCgroups(): CgroupHost | undefined {
  const mounts = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  const found = mounts.find(({ type }) => type === 'cgroup2');
  if (found === undefined) return undefined;
  const controllers = readFileSync(join(found.mountPoint, 'cgroup.controllers'), 'utf8')
    .split(/\s+/)
    .filter(Boolean);
  return { version: 2, hierarchies: [{ mountPoint: found.mountPoint, controllers }] };
}

/** Starts a container and waits for its end. */
export async function runContainer(t: TestContext, spec: RuntimeSpec): Promise<Ended> {
  const { ended } = await startContainer(t, spec);
  return ended();
}

function readLog(path: string): string {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => (JSON.parse(line) as { log: string }).log).join('');
}
