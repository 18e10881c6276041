import type { HostConfig } from '#api';
import type { DeviceRule, LinuxResources, ThrottleDevice, WeightDevice } from '#oci';

/** The devices every container may use (Linux allocated devices list): tty, console, null, zero, full, random. */
const defaultRules: readonly DeviceRule[] = [
  { allow: false, access: 'rwm' },
  ...[
    [1, 5],
    [1, 3],
    [1, 7],
    [1, 9],
    [1, 8],
    [5, 0],
    [5, 1],
  ].map(([major = 0, minor = 0]) => ({ allow: true, type: 'c' as const, major, minor, access: 'rwm' })),
];

/** A block device of the host, found by its path. */
export interface DeviceNumber {
  readonly major: number;
  readonly minor: number;
}
export type DeviceNumberOf = (path: string) => DeviceNumber;

/** The limits of a container's cgroup. Zero and null mean "no limit" in a request and are left out. */
export function resolveResources(
  hostConfig: HostConfig,
  devices: readonly DeviceRule[],
  numberOf: DeviceNumberOf,
): LinuxResources {
  const { PidsLimit } = hostConfig;
  return {
    devices: hostConfig.Privileged ? [{ allow: true, access: 'rwm' }] : [...defaultRules, ...devices],
    memory: memoryResources(hostConfig),
    cpu: cpuResources(hostConfig),
    ...(PidsLimit !== null && PidsLimit > 0 ? { pids: { limit: PidsLimit } } : {}),
    blockIO: blockIoResources(hostConfig, numberOf),
  };
}

function memoryResources(limits: HostConfig): NonNullable<LinuxResources['memory']> {
  const swappiness = limits.MemorySwappiness;
  return {
    ...nonZero('limit', limits.Memory),
    ...nonZero('reservation', limits.MemoryReservation),
    ...nonZero('swap', limits.MemorySwap),
    ...(swappiness !== null && swappiness >= 0 ? { swappiness } : {}),
    ...(limits.OomKillDisable === true ? { disableOOMKiller: true } : {}),
  };
}

const defaultPeriodUs = 100_000;

function cpuResources(limits: HostConfig): NonNullable<LinuxResources['cpu']> {
  const quota = limits.NanoCpus > 0 ? Math.round((limits.NanoCpus * defaultPeriodUs) / 1e9) : limits.CpuQuota;
  const period = limits.NanoCpus > 0 ? defaultPeriodUs : limits.CpuPeriod;
  return {
    ...nonZero('shares', limits.CpuShares),
    ...nonZero('quota', quota),
    ...nonZero('period', period),
    ...nonZero('realtimePeriod', limits.CpuRealtimePeriod),
    ...nonZero('realtimeRuntime', limits.CpuRealtimeRuntime),
    ...(limits.CpusetCpus === '' ? {} : { cpus: limits.CpusetCpus }),
    ...(limits.CpusetMems === '' ? {} : { mems: limits.CpusetMems }),
  };
}

function blockIoResources(
  limits: HostConfig,
  numberOf: DeviceNumberOf,
): NonNullable<LinuxResources['blockIO']> {
  const throttle = (entries: HostConfig['BlkioDeviceReadBps']): ThrottleDevice[] =>
    (entries ?? []).map(({ Path, Rate }) => ({ ...numberOf(Path), rate: Rate }));
  const weightDevice: WeightDevice[] = (limits.BlkioWeightDevice ?? []).map(({ Path, Weight }) => ({
    ...numberOf(Path),
    weight: Weight,
  }));
  return {
    ...nonZero('weight', limits.BlkioWeight),
    ...nonEmpty('weightDevice', weightDevice),
    ...nonEmpty('throttleReadBpsDevice', throttle(limits.BlkioDeviceReadBps)),
    ...nonEmpty('throttleWriteBpsDevice', throttle(limits.BlkioDeviceWriteBps)),
    ...nonEmpty('throttleReadIOPSDevice', throttle(limits.BlkioDeviceReadIOps)),
    ...nonEmpty('throttleWriteIOPSDevice', throttle(limits.BlkioDeviceWriteIOps)),
  };
}

function nonZero<K extends string>(key: K, value: number): { readonly [P in K]?: number } {
  return value === 0 ? {} : ({ [key]: value } as { [P in K]: number });
}

function nonEmpty<K extends string, T>(key: K, values: readonly T[]): { readonly [P in K]?: readonly T[] } {
  return values.length === 0 ? {} : ({ [key]: values } as { [P in K]: readonly T[] });
}
