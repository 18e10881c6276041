import { EngineError } from '#base';
import type { LinuxDevice, LinuxNamespace, LinuxSpec, RuntimeHook, RuntimeSpec } from './runtime.ts';
import type { ProcessSpec } from './runtime-process.ts';
import type { LinuxResources, ThrottleDevice } from './runtime-resources.ts';
import type { LinuxSeccomp } from './runtime-seccomp.ts';
import { flag, list, map, object, oneOf, type Shape, text, whole } from './runtime-shape.ts';

const process: Shape<ProcessSpec> = object(
  {
    args: list(text),
    cwd: text,
    env: list(text),
    terminal: flag,
    consoleSize: object({ height: whole, width: whole }, 'height', 'width'),
    user: object({ uid: whole, gid: whole, umask: whole, additionalGids: list(whole) }, 'uid', 'gid'),
    capabilities: object({
      bounding: list(text),
      effective: list(text),
      permitted: list(text),
      inheritable: list(text),
      ambient: list(text),
    }),
    rlimits: list(object({ type: text, soft: whole, hard: whole }, 'type', 'soft', 'hard')),
    noNewPrivileges: flag,
    apparmorProfile: text,
    selinuxLabel: text,
    oomScoreAdj: whole,
  },
  'args',
  'cwd',
);

const throttles: Shape<readonly ThrottleDevice[]> = list(
  object({ major: whole, minor: whole, rate: whole }, 'major', 'minor', 'rate'),
);

const resources: Shape<LinuxResources> = object({
  devices: list(
    object({ allow: flag, type: oneOf('a', 'b', 'c'), major: whole, minor: whole, access: text }, 'allow'),
  ),
  memory: object({
    limit: whole,
    reservation: whole,
    swap: whole,
    swappiness: whole,
    disableOOMKiller: flag,
  }),
  cpu: object({
    shares: whole,
    quota: whole,
    period: whole,
    burst: whole,
    realtimeRuntime: whole,
    realtimePeriod: whole,
    cpus: text,
    mems: text,
    idle: whole,
  }),
  pids: object({ limit: whole }, 'limit'),
  blockIO: object({
    weight: whole,
    weightDevice: list(object({ major: whole, minor: whole, weight: whole }, 'major', 'minor')),
    throttleReadBpsDevice: throttles,
    throttleWriteBpsDevice: throttles,
    throttleReadIOPSDevice: throttles,
    throttleWriteIOPSDevice: throttles,
  }),
  unified: map(text),
});

const action = oneOf(
  'SCMP_ACT_KILL',
  'SCMP_ACT_KILL_PROCESS',
  'SCMP_ACT_KILL_THREAD',
  'SCMP_ACT_TRAP',
  'SCMP_ACT_ERRNO',
  'SCMP_ACT_TRACE',
  'SCMP_ACT_ALLOW',
  'SCMP_ACT_LOG',
  'SCMP_ACT_NOTIFY',
);

const operator = oneOf(
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
);

/** The rules of a system call filter, which Docker's profiles share with the runtime specification. */
export const seccompRuleFields = {
  names: list(text),
  action,
  errnoRet: whole,
  args: list(object({ index: whole, value: whole, valueTwo: whole, op: operator }, 'index', 'value', 'op')),
};

/** What both formats of a system call filter have at their top. */
export const seccompDefaultFields = {
  defaultAction: action,
  defaultErrnoRet: whole,
  architectures: list(text),
  flags: list(text),
};

const seccomp: Shape<LinuxSeccomp> = object(
  { ...seccompDefaultFields, syscalls: list(object(seccompRuleFields, 'names', 'action')) },
  'defaultAction',
);

const mappings = list(
  object({ containerID: whole, hostID: whole, size: whole }, 'containerID', 'hostID', 'size'),
);

const namespaces: Shape<readonly LinuxNamespace[]> = list(
  object(
    { type: oneOf('pid', 'network', 'ipc', 'uts', 'mount', 'user', 'cgroup', 'time'), path: text },
    'type',
  ),
);

const devices: Shape<readonly LinuxDevice[]> = list(
  object(
    {
      path: text,
      type: oneOf('b', 'c', 'u', 'p'),
      major: whole,
      minor: whole,
      fileMode: whole,
      uid: whole,
      gid: whole,
    },
    'path',
    'type',
  ),
);

const rootfsPropagation = oneOf(
  '',
  'private',
  'shared',
  'slave',
  'unbindable',
  'rprivate',
  'rshared',
  'rslave',
  'runbindable',
);

const linux = object<LinuxSpec>({
  namespaces,
  uidMappings: mappings,
  gidMappings: mappings,
  devices,
  cgroupsPath: text,
  resources,
  rootfsPropagation,
  seccomp,
  sysctl: map(text),
  maskedPaths: list(text),
  readonlyPaths: list(text),
  mountLabel: text,
});

const hooks: Shape<readonly RuntimeHook[]> = list(
  object({ path: text, args: list(text), env: list(text), timeout: whole }, 'path'),
);

const spec = object<RuntimeSpec>(
  {
    ociVersion: text,
    root: object({ path: text, readonly: flag }, 'path'),
    process,
    hostname: text,
    domainname: text,
    mounts: list(object({ destination: text, type: text, source: text, options: list(text) }, 'destination')),
    hooks: object({
      prestart: hooks,
      createRuntime: hooks,
      createContainer: hooks,
      startContainer: hooks,
      poststart: hooks,
      poststop: hooks,
    }),
    annotations: map(text),
    linux,
  },
  'ociVersion',
);

/**
 * Reads the text of a `config.json`.
 * @throws EngineError invalid, naming the first field of the wrong shape
 */
export function parseRuntimeSpec(content: string): RuntimeSpec {
  const parsed = spec(parseJson(content), '');
  if (!/^1\.\d+\.\d+/.test(parsed.ociVersion)) {
    throw new EngineError('invalid', `unsupported OCI version ${parsed.ociVersion}`);
  }
  return parsed;
}

/** Reads the text of a `process.json`, as `exec --process` takes it. @throws EngineError invalid */
export function parseProcessSpec(content: string): ProcessSpec {
  return process(parseJson(content), '');
}

/** Reads the text of a resources file, as `update --resources` takes it. @throws EngineError invalid */
export function parseLinuxResources(content: string): LinuxResources {
  return resources(parseJson(content), '');
}

function parseJson(content: string): unknown {
  try {
    return JSON.parse(content);
  } catch (cause) {
    throw new EngineError('invalid', 'invalid OCI configuration: not JSON', { cause });
  }
}
