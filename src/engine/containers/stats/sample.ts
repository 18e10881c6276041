import { readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { BlkioStats, ContainerStats, CpuStats, MemoryStats, NetworkStats } from '#api';
import { formatTimestamp, nowNs } from '#base';
import { type BlockIoEntry, type CgroupSetup, type CgroupStats, cgroupStats } from '#linux';
import type { ContainerRecord } from '../types.ts';

export interface SampleContext {
  readonly cgroup: CgroupSetup;
  /** Of the container's first process, whose network namespace is looked at. */
  readonly pid: number;
  readonly previous: ContainerStats | undefined;
}

const noCpu: CpuStats = {
  cpu_usage: { total_usage: 0, usage_in_kernelmode: 0, usage_in_usermode: 0 },
  throttling_data: { periods: 0, throttled_periods: 0, throttled_time: 0 },
};

const noBlkio: BlkioStats = {
  io_service_bytes_recursive: null,
  io_serviced_recursive: null,
  io_queue_recursive: null,
  io_service_time_recursive: null,
  io_wait_time_recursive: null,
  io_merged_recursive: null,
  io_time_recursive: null,
  sectors_recursive: null,
};

const emptyBlkio: BlkioStats = {
  io_service_bytes_recursive: [],
  io_serviced_recursive: [],
  io_queue_recursive: [],
  io_service_time_recursive: [],
  io_wait_time_recursive: [],
  io_merged_recursive: [],
  io_time_recursive: [],
  sectors_recursive: [],
};

/** The sample of a container that does not run. */
export function zeroSample({ id, name }: ContainerRecord): ContainerStats {
  return {
    name: `/${name}`,
    id,
    read: formatTimestamp(0n),
    preread: formatTimestamp(0n),
    pids_stats: {},
    blkio_stats: noBlkio,
    num_procs: 0,
    storage_stats: {},
    cpu_stats: noCpu,
    precpu_stats: noCpu,
    memory_stats: {},
  };
}

/** What a live container uses now. */
export function measure(record: ContainerRecord, { cgroup, pid, previous }: SampleContext): ContainerStats {
  const stats = cgroupStats(cgroup);
  const ownNetwork = record.hostConfig.NetworkMode !== 'host' && record.hostConfig.NetworkMode !== 'none';
  return {
    ...zeroSample(record),
    read: formatTimestamp(nowNs()),
    preread: previous?.read ?? formatTimestamp(0n),
    pids_stats: pidsStats(stats),
    blkio_stats: blkioStats(stats, cgroup.version),
    cpu_stats: cpuStats(stats),
    precpu_stats: previous?.cpu_stats ?? noCpu,
    memory_stats: memoryStats(stats),
    ...(ownNetwork ? { networks: networkStats(pid) } : {}),
  };
}

function pidsStats({ pids }: CgroupStats): ContainerStats['pids_stats'] {
  if (pids === undefined) return {};
  return { current: pids.current, ...(pids.limit === undefined ? {} : { limit: pids.limit }) };
}

function cpuStats({ cpu }: CgroupStats): CpuStats {
  if (cpu === undefined) return noCpu;
  return {
    cpu_usage: {
      total_usage: cpu.totalNs,
      usage_in_kernelmode: cpu.kernelNs,
      usage_in_usermode: cpu.userNs,
      ...(cpu.perCpuNs === undefined ? {} : { percpu_usage: cpu.perCpuNs }),
    },
    system_cpu_usage: hostCpuNs(),
    online_cpus: availableParallelism(),
    throttling_data: {
      periods: cpu.periods,
      throttled_periods: cpu.throttledPeriods,
      throttled_time: cpu.throttledNs,
    },
  };
}

const nsPerTick = 10_000_000;

/** Time that all CPUs of the host have run or idled, from the first eight columns of /proc/stat. */
function hostCpuNs(): number {
  const [line = ''] = readFileSync('/proc/stat', 'utf8').split('\n', 1);
  const ticks = line.split(/\s+/).slice(1, 9).map(Number);
  return ticks.reduce((sum, value) => sum + value, 0) * nsPerTick;
}

/** A container without a limit of its own has the host's memory. */
function memoryStats({ memory }: CgroupStats): MemoryStats {
  if (memory === undefined) return {};
  return {
    usage: memory.usageBytes,
    ...(memory.peakBytes === undefined ? {} : { max_usage: memory.peakBytes }),
    stats: memory.counters,
    failcnt: memory.failures,
    limit: Math.min(memory.limitBytes ?? Number.POSITIVE_INFINITY, totalmem()),
  };
}

/** Version 1 of cgroups has places for more, all of them empty with today's schedulers. */
function blkioStats({ blockIo }: CgroupStats, version: 1 | 2): BlkioStats {
  if (blockIo === undefined) return noBlkio;
  const encode = (entries: readonly BlockIoEntry[]) =>
    entries.map(({ major, minor, operation, value }) => ({ major, minor, op: operation, value }));
  return {
    ...(version === 1 ? emptyBlkio : noBlkio),
    io_service_bytes_recursive: encode(blockIo.bytes),
    io_serviced_recursive: encode(blockIo.operations),
  };
}

/** The counters of every interface but the loopback in the process's network namespace. */
function networkStats(pid: number): Record<string, NetworkStats> {
  const lines = readLines(`/proc/${pid}/net/dev`).slice(2);
  const interfaces = lines.flatMap((line) => {
    const [name = '', rest = ''] = line.split(':');
    const [rx_bytes = 0, rx_packets = 0, rx_errors = 0, rx_dropped = 0, , , , , ...sent] = rest
      .trim()
      .split(/\s+/)
      .map(Number);
    const [tx_bytes = 0, tx_packets = 0, tx_errors = 0, tx_dropped = 0] = sent;
    if (name.trim() === 'lo' || rest === '') return [];
    const counters = {
      rx_bytes,
      rx_packets,
      rx_errors,
      rx_dropped,
      tx_bytes,
      tx_packets,
      tx_errors,
      tx_dropped,
    };
    return [[name.trim(), counters] as const];
  });
  return Object.fromEntries(interfaces);
}

function readLines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    // The process has just ended.
    return [];
  }
}
