import type { HostConfig, Ulimit } from '#api';

/** What the engine decides when a request does not; set by the daemon once. */
export interface HostDefaults {
  readonly cgroupVersion: 1 | 2;
  readonly logType: string;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly shmBytes: number;
  /** Unless the request sets the same one. */
  readonly ulimits: readonly Ulimit[];
  readonly ipcMode: 'private' | 'shareable';
  /** Absent: private on hosts with cgroup v2. */
  readonly cgroupnsMode: 'private' | 'host' | undefined;
  /** As `--security-opt` takes them; the request's come after. */
  readonly securityOptions: readonly string[];
}

/** Paths below /proc and /sys that tell a container too much about its host. */
export const defaultMaskedPaths = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

export const defaultReadonlyPaths = [
  '/proc/bus',
  '/proc/fs',
  '/proc/irq',
  '/proc/sys',
  '/proc/sysrq-trigger',
];

/** The request's host configuration with every default filled in, as `inspect` shows it. */
export function resolveHostConfig(asked: HostConfig, defaults: HostDefaults): HostConfig {
  return {
    ...asked,
    NetworkMode: ['', 'default'].includes(asked.NetworkMode) ? 'bridge' : asked.NetworkMode,
    IpcMode: asked.IpcMode || defaults.ipcMode,
    CgroupnsMode: asked.CgroupnsMode || resolveCgroupns(asked, defaults),
    ShmSize: asked.ShmSize || defaults.shmBytes,
    Runtime: asked.Runtime || 'runc',
    ConsoleSize: asked.ConsoleSize ?? [0, 0],
    RestartPolicy: { ...asked.RestartPolicy, Name: asked.RestartPolicy.Name || 'no' },
    LogConfig: resolveLogConfig(asked.LogConfig, defaults),
    MemorySwap: resolveSwap(asked),
    MemorySwappiness: asked.MemorySwappiness === -1 ? null : asked.MemorySwappiness,
    // Version 2 of cgroups has no such switch.
    OomKillDisable: asked.OomKillDisable || (defaults.cgroupVersion === 1 ? false : null),
    PidsLimit: asked.PidsLimit || null,
    Ulimits: mergeUlimits(asked.Ulimits, defaults.ulimits),
    SecurityOpt: resolveSecurity(asked, defaults),
    ...resolvePaths(asked),
  };
}

function resolveCgroupns({ Privileged }: HostConfig, defaults: HostDefaults): string {
  if (defaults.cgroupVersion !== 2 || Privileged) return 'host';
  return defaults.cgroupnsMode ?? 'private';
}

function mergeUlimits(asked: HostConfig['Ulimits'], usual: readonly Ulimit[]): HostConfig['Ulimits'] {
  const added = usual.filter(({ Name }) => !asked?.some((ulimit) => ulimit.Name === Name));
  return added.length === 0 ? asked : [...(asked ?? []), ...added];
}

/** A privileged container is confined by nothing but what its request asks for. */
function resolveSecurity({ SecurityOpt, Privileged }: HostConfig, { securityOptions }: HostDefaults) {
  if (Privileged || securityOptions.length === 0) return SecurityOpt;
  return [...securityOptions, ...(SecurityOpt ?? [])];
}

/** Memory without swap means as much swap again, as Docker has it. */
function resolveSwap({ Memory, MemorySwap }: HostConfig): number {
  return Memory > 0 && MemorySwap === 0 ? Memory * 2 : MemorySwap;
}

/** The daemon's options are for its own driver only. */
function resolveLogConfig(asked: HostConfig['LogConfig'], defaults: HostDefaults): HostConfig['LogConfig'] {
  const type = asked.Type || defaults.logType;
  const inherited = type === defaults.logType ? defaults.logOptions : {};
  return { Type: type, Config: { ...inherited, ...asked.Config } };
}

function resolvePaths(asked: HostConfig): Pick<HostConfig, 'MaskedPaths' | 'ReadonlyPaths'> {
  const unconfined = asked.Privileged || (asked.SecurityOpt ?? []).includes('systempaths=unconfined');
  if (unconfined) return { MaskedPaths: [], ReadonlyPaths: [] };
  return {
    MaskedPaths: asked.MaskedPaths ?? defaultMaskedPaths,
    ReadonlyPaths: asked.ReadonlyPaths ?? defaultReadonlyPaths,
  };
}
