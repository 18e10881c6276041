import type { HostConfig } from '#api';
import {
  type CapabilitySets,
  type LinuxNamespace,
  type LinuxSeccomp,
  type LinuxSpec,
  type ProcessSpec,
  type RootPropagation,
  type RuntimeMount,
  type RuntimeSpec,
  runtimeSpecVersion,
} from '#oci';
import type { ContainerMount, ContainerPaths, ContainerRecord } from '../types.ts';
import { resolveCapabilities } from './capabilities.ts';
import { type HostDevices, resolveDevices } from './devices.ts';
import { resolveEnvironment } from './environment.ts';
import { resolveMounts } from './mounts.ts';
import { resolveResources } from './resources.ts';
import { parseSecurityOptions } from './security.ts';
import type { ResolvedUser } from './user.ts';

/** What a spec is built from besides the record: what only the moment of the start knows. */
export interface SpecContext {
  readonly user: ResolvedUser;
  readonly files: ContainerPaths;
  /** The record's mounts with every source a path of the host. */
  readonly mounts: readonly ContainerMount[];
  /** How the files of its secrets and configs are mounted. */
  readonly secrets: readonly RuntimeMount[];
  /** Variables about linked containers. */
  readonly linkVariables: readonly string[];
  /** Namespaces to join instead of making new ones, by type; an empty path is the host's own. */
  readonly joined: Readonly<Partial<Record<LinuxNamespace['type'], string>>>;
  readonly cgroupsPath: string;
  readonly devices: HostDevices;
  /** The capabilities that the daemon holds. */
  readonly available: readonly string[];
  /** The filter for a profile (JSON text, or absent for the default one) and capabilities. */
  readonly resolveSeccomp: (profile: string | undefined, capabilities: readonly string[]) => LinuxSeccomp;
}

/**
 * The OCI spec of a container: the record over Docker's defaults.
 * @throws EngineError invalid, for options that only show here
 */
export function buildSpec(record: ContainerRecord, context: SpecContext): RuntimeSpec {
  const { config, hostConfig } = record;
  const ownUts = context.joined.uts === undefined;
  return {
    ociVersion: runtimeSpecVersion,
    root: { path: 'rootfs', ...(hostConfig.ReadonlyRootfs ? { readonly: true } : {}) },
    process: buildProcess(record, context),
    ...(ownUts ? { hostname: config.Hostname } : {}),
    ...(ownUts && config.Domainname !== '' ? { domainname: config.Domainname } : {}),
    mounts: [...resolveMounts(hostConfig, context.mounts, context.files), ...context.secrets],
    ...(hostConfig.Annotations ? { annotations: hostConfig.Annotations } : {}),
    linux: buildLinux(record, context),
  };
}

function buildProcess(record: ContainerRecord, context: SpecContext): ProcessSpec {
  const { config, hostConfig, argv } = record;
  const { user } = context;
  const [height = 0, width = 0] = hostConfig.ConsoleSize ?? [];
  return {
    args: argv,
    cwd: config.WorkingDir || '/',
    env: resolveEnvironment(config, user.home, context.linkVariables),
    ...(config.Tty ? { terminal: true, consoleSize: { height, width } } : {}),
    user: { uid: user.uid, gid: user.gid, additionalGids: user.additionalGids },
    capabilities: capabilitySets(resolveCapabilities(hostConfig, context.available), user.uid),
    rlimits: (hostConfig.Ulimits ?? []).map(({ Name, Soft, Hard }) => ({
      type: `RLIMIT_${Name.toUpperCase()}`,
      soft: Soft,
      hard: Hard,
    })),
    noNewPrivileges: parseSecurityOptions(hostConfig.SecurityOpt ?? []).noNewPrivileges,
    oomScoreAdj: hostConfig.OomScoreAdj,
  };
}

/** Who is not root gets none into effect, as execve(2) would have it. */
export function capabilitySets(names: readonly string[], uid: number): CapabilitySets {
  return uid === 0 ? { bounding: names, effective: names, permitted: names } : { bounding: names };
}

function buildLinux(record: ContainerRecord, context: SpecContext): LinuxSpec {
  const { hostConfig } = record;
  const { devices, rules } = resolveDevices(hostConfig, context.devices);
  const numberOf = (path: string) => context.devices.at(path)[0] ?? { major: 0, minor: 0 };
  return {
    namespaces: namespacesOf(hostConfig, context),
    devices,
    cgroupsPath: context.cgroupsPath,
    resources: resolveResources(hostConfig, rules, numberOf),
    ...rootPropagation(context.mounts),
    ...seccompOf(hostConfig, context),
    sysctl: { ...defaultSysctls(context), ...hostConfig.Sysctls },
    maskedPaths: hostConfig.MaskedPaths ?? [],
    readonlyPaths: hostConfig.ReadonlyPaths ?? [],
  };
}

const namespaceTypes = ['mount', 'network', 'uts', 'pid', 'ipc', 'cgroup'] as const;

function namespacesOf(hostConfig: HostConfig, { joined }: SpecContext): LinuxNamespace[] {
  return namespaceTypes.flatMap((type) => {
    if (type === 'cgroup' && hostConfig.CgroupnsMode === 'host') return [];
    const path = joined[type];
    if (path === undefined) return [{ type }];
    return path === '' ? [] : [{ type, path }];
  });
}

/** Lets anyone in the container's own network bind low ports and send pings. */
function defaultSysctls({ joined }: SpecContext): Record<string, string> {
  if (joined.network !== undefined) return {};
  return { 'net.ipv4.ip_unprivileged_port_start': '0', 'net.ipv4.ping_group_range': '0 2147483647' };
}

function seccompOf(hostConfig: HostConfig, context: SpecContext): { seccomp?: LinuxSeccomp } {
  const { seccomp } = parseSecurityOptions(hostConfig.SecurityOpt ?? []);
  if (seccomp === 'unconfined' || (hostConfig.Privileged && seccomp === undefined)) return {};
  return { seccomp: context.resolveSeccomp(seccomp, resolveCapabilities(hostConfig, context.available)) };
}

/** Mounts that propagate need a root that does. */
function rootPropagation(mounts: readonly ContainerMount[]): { rootfsPropagation?: RootPropagation } {
  if (mounts.some((mount) => mount.propagation.endsWith('shared'))) return { rootfsPropagation: 'shared' };
  if (mounts.some((mount) => mount.propagation.endsWith('slave'))) return { rootfsPropagation: 'slave' };
  return {};
}
