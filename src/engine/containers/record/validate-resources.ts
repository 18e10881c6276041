import { readFileSync } from 'node:fs';
import type { Resources, Ulimit } from '#api';
import { refuse } from '#base';

const leastMemory = 6 * 1024 * 1024;

/** Refuses limits that can't be, in Docker's words. @throws EngineError invalid */
export function validateResources(limits: Resources, cpuCount: number): void {
  refuse(
    limits.Memory === 0 && limits.MemorySwap > 0,
    'You should always set the Memory limit when using Memoryswap limit, see usage',
  );
  validateResourceChange(limits, cpuCount);
}

/** The same for a change, in which a zero leaves what is set. @throws EngineError invalid */
export function validateResourceChange(limits: Resources, cpuCount: number): void {
  validateMemory(limits);
  validateCpu(limits, cpuCount);
  validateUlimits(limits.Ulimits ?? []);
  const weight = limits.BlkioWeight;
  refuse(weight !== 0 && (weight < 10 || weight > 1000), 'Range of blkio weight is from 10 to 1000');
}

function validateMemory({ Memory, MemorySwap, MemoryReservation, MemorySwappiness }: Resources): void {
  refuse(Memory !== 0 && Memory < leastMemory, 'Minimum memory limit allowed is 6MB');
  refuse(
    Memory > 0 && MemorySwap > 0 && MemorySwap < Memory,
    'Minimum memoryswap limit should be larger than memory limit, see usage',
  );
  refuse(
    MemoryReservation > 0 && MemoryReservation < leastMemory,
    'Minimum memory reservation allowed is 6MB',
  );
  refuse(
    Memory > 0 && MemoryReservation > Memory,
    'Minimum memory limit can not be less than memory reservation limit, see usage',
  );
  const swappiness = MemorySwappiness ?? -1;
  refuse(
    swappiness < -1 || swappiness > 100,
    `Invalid value: ${swappiness}, valid memory swappiness range is 0-100`,
  );
}

function validateCpu(limits: Resources, cpuCount: number): void {
  const { NanoCpus, CpuPeriod, CpuQuota } = limits;
  refuse(NanoCpus > 0 && CpuPeriod > 0, 'Conflicting options: Nano CPUs and CPU Period cannot both be set');
  refuse(NanoCpus > 0 && CpuQuota > 0, 'Conflicting options: Nano CPUs and CPU Quota cannot both be set');
  refuse(
    NanoCpus < 0 || NanoCpus > cpuCount * 1e9,
    `range of CPUs is from 0.01 to ${cpuCount}.00, as there are only ${cpuCount} CPUs available`,
  );
  refuse(
    CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000),
    'CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)',
  );
  refuse(CpuQuota > 0 && CpuQuota < 1000, 'CPU cfs quota can not be less than 1ms (i.e. 1000)');
  refuse(limits.CpuShares < 0, `invalid CPU shares (${limits.CpuShares}): value must be a positive integer`);
  refuse(
    limits.CpuRealtimePeriod !== 0 && limits.CpuRealtimeRuntime > limits.CpuRealtimePeriod,
    'cpu real-time runtime cannot be higher than cpu real-time period',
  );
  validateSet('cpuset cpus', 'CPUs', limits.CpusetCpus, availableSet(cpuCount));
  validateSet('cpuset mems', 'memory nodes', limits.CpusetMems, memoryNodes());
}

/** Refuses a list as `0-3,5` that is none, or holds what `available`, such a list too, does not. */
function validateSet(field: string, what: string, list: string, available: string): void {
  const asked = list === '' ? [] : list.split(',').map(parseRange);
  refuse(asked.includes(undefined), `Invalid value ${list} for ${field}: invalid format: ${list}`);
  const last = Math.max(...available.split(/[,-]/).map(Number));
  refuse(
    asked.some((range) => range !== undefined && range.last > last),
    `Requested ${what} are not available - requested ${list}, available: ${available}`,
  );
}

function parseRange(text: string): { readonly last: number } | undefined {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  const [first, last] = [Number(match?.[1]), Number(match?.[2] ?? match?.[1])];
  return match !== null && first <= last ? { last } : undefined;
}

function availableSet(count: number): string {
  return count === 1 ? '0' : `0-${count - 1}`;
}

/** A kernel without NUMA has one node. */
function memoryNodes(): string {
  try {
    return readFileSync('/sys/devices/system/node/online', 'utf8').trim();
  } catch {
    return '0';
  }
}

const ulimitNames =
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  );

function validateUlimits(ulimits: readonly Ulimit[]): void {
  for (const { Name, Soft, Hard } of ulimits) {
    refuse(!ulimitNames.includes(Name.toLowerCase()), `invalid ulimit type: ${Name}`);
    const exceeds = Hard >= 0 && (Soft > Hard || Soft < 0);
    refuse(exceeds, `ulimit soft limit must be less than or equal to hard limit: ${Soft} > ${Hard}`);
  }
}
