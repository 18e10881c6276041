import { readFileSync } from 'node:fs';
import { type CgroupSetup, cgroupDirectory } from './cgroup-host.ts';

/** What a cgroup uses now and has used; a part whose controller is not mounted is absent. */
export interface CgroupStats {
  readonly memory?: MemoryStats;
  readonly cpu?: CpuStats;
  readonly pids?: PidsStats;
  readonly blockIo?: BlockIoStats;
}

export interface MemoryStats {
  readonly usageBytes: number;
  /** The most ever used; cgroup v1 and new v2 kernels only. */
  readonly peakBytes: number | undefined;
  /** Undefined: unlimited. */
  readonly limitBytes: number | undefined;
  /** How often the limit was hit. */
  readonly failures: number;
  readonly oomKills: number;
  /** memory.stat as it is. */
  readonly counters: Readonly<Record<string, number>>;
}

export interface CpuStats {
  readonly totalNs: number;
  readonly userNs: number;
  readonly kernelNs: number;
  /** Per CPU; cgroup v1 only. */
  readonly perCpuNs: readonly number[] | undefined;
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledNs: number;
}

export interface PidsStats {
  readonly current: number;
  /** Undefined: unlimited. */
  readonly limit: number | undefined;
}

export interface BlockIoStats {
  readonly bytes: readonly BlockIoEntry[];
  readonly operations: readonly BlockIoEntry[];
}

export interface BlockIoEntry {
  readonly major: number;
  readonly minor: number;
  /** `read`, `write` … in lower case. */
  readonly operation: string;
  readonly value: number;
}

/** Reads all statistics of a cgroup; a cgroup that is gone gives an empty record. Synchronous: no disk is touched. */
export function cgroupStats(setup: CgroupSetup): CgroupStats {
  const unified = setup.version === 2;
  const memory = inController(setup, 'memory', unified ? unifiedMemory : legacyMemory);
  const cpu = inController(setup, unified ? 'cpu' : 'cpuacct', (directory) =>
    unified ? unifiedCpu(directory) : legacyCpu(directory, cgroupDirectory(setup, 'cpu')),
  );
  const pids = inController(setup, 'pids', readPids);
  const blockIo = inController(setup, unified ? 'io' : 'blkio', unified ? unifiedBlockIo : legacyBlockIo);
  return {
    ...(memory && { memory }),
    ...(cpu && { cpu }),
    ...(pids && { pids }),
    ...(blockIo && { blockIo }),
  };
}

/** How many processes of the cgroup the kernel has killed for want of memory. */
export function oomKills(setup: CgroupSetup): number {
  const directory = cgroupDirectory(setup, 'memory');
  if (directory === undefined) return 0;
  const file = setup.version === 2 ? 'memory.events' : 'memory.oom_control';
  return readCounters(`${directory}/${file}`).oom_kill ?? 0;
}

function inController<T>(
  setup: CgroupSetup,
  controller: string,
  read: (directory: string) => T | undefined,
): T | undefined {
  const directory = cgroupDirectory(setup, controller);
  return directory === undefined ? undefined : read(directory);
}

function legacyMemory(directory: string): MemoryStats | undefined {
  const usageBytes = readNumber(`${directory}/memory.usage_in_bytes`);
  if (usageBytes === undefined) return undefined;
  return {
    usageBytes,
    peakBytes: readNumber(`${directory}/memory.max_usage_in_bytes`),
    limitBytes: boundedBytes(readNumber(`${directory}/memory.limit_in_bytes`)),
    failures: readNumber(`${directory}/memory.failcnt`) ?? 0,
    oomKills: readCounters(`${directory}/memory.oom_control`).oom_kill ?? 0,
    counters: readCounters(`${directory}/memory.stat`),
  };
}

function unifiedMemory(directory: string): MemoryStats | undefined {
  const usageBytes = readNumber(`${directory}/memory.current`);
  if (usageBytes === undefined) return undefined;
  const events = readCounters(`${directory}/memory.events`);
  return {
    usageBytes,
    peakBytes: readNumber(`${directory}/memory.peak`),
    limitBytes: readNumber(`${directory}/memory.max`),
    failures: events.max ?? 0,
    oomKills: events.oom_kill ?? 0,
    counters: readCounters(`${directory}/memory.stat`),
  };
}

/** cgroup v1 says "unlimited" as the largest multiple of the page size below 2^63. */
function boundedBytes(limit: number | undefined): number | undefined {
  return limit === undefined || limit > 2 ** 62 ? undefined : limit;
}

function legacyCpu(accounting: string, scheduling: string | undefined): CpuStats | undefined {
  const totalNs = readNumber(`${accounting}/cpuacct.usage`);
  if (totalNs === undefined) return undefined;
  const throttling = scheduling === undefined ? {} : readCounters(`${scheduling}/cpu.stat`);
  return {
    totalNs,
    userNs: readNumber(`${accounting}/cpuacct.usage_user`) ?? 0,
    kernelNs: readNumber(`${accounting}/cpuacct.usage_sys`) ?? 0,
    perCpuNs: tryRead(`${accounting}/cpuacct.usage_percpu`)?.trim().split(/\s+/).map(Number),
    periods: throttling.nr_periods ?? 0,
    throttledPeriods: throttling.nr_throttled ?? 0,
    throttledNs: throttling.throttled_time ?? 0,
  };
}

function unifiedCpu(directory: string): CpuStats | undefined {
  const counters = readCounters(`${directory}/cpu.stat`);
  if (counters.usage_usec === undefined) return undefined;
  const microseconds = (name: string) => (counters[name] ?? 0) * 1000;
  return {
    totalNs: microseconds('usage_usec'),
    userNs: microseconds('user_usec'),
    kernelNs: microseconds('system_usec'),
    perCpuNs: undefined,
    periods: counters.nr_periods ?? 0,
    throttledPeriods: counters.nr_throttled ?? 0,
    throttledNs: microseconds('throttled_usec'),
  };
}

function readPids(directory: string): PidsStats | undefined {
  const current = readNumber(`${directory}/pids.current`);
  return current === undefined ? undefined : { current, limit: readNumber(`${directory}/pids.max`) };
}

function legacyBlockIo(directory: string): BlockIoStats | undefined {
  const bytes = tryRead(`${directory}/blkio.throttle.io_service_bytes_recursive`);
  const operations = tryRead(`${directory}/blkio.throttle.io_serviced_recursive`);
  if (bytes === undefined || operations === undefined) return undefined;
  return { bytes: parseLegacyBlockIo(bytes), operations: parseLegacyBlockIo(operations) };
}

/** Lines of the form `254:0 Read 4096`. */
export function parseLegacyBlockIo(text: string): BlockIoEntry[] {
  return Array.from(text.matchAll(/^(\d+):(\d+) (\w+) (\d+)$/gm), ([, major, minor, operation, value]) => ({
    major: Number(major),
    minor: Number(minor),
    operation: (operation ?? '').toLowerCase(),
    value: Number(value),
  }));
}

function unifiedBlockIo(directory: string): BlockIoStats | undefined {
  const text = tryRead(`${directory}/io.stat`);
  if (text === undefined) return undefined;
  return {
    bytes: parseUnifiedBlockIo(text, { rbytes: 'read', wbytes: 'write' }),
    operations: parseUnifiedBlockIo(text, { rios: 'read', wios: 'write' }),
  };
}

/** Lines of the form `254:0 rbytes=4096 wbytes=0 rios=1 …`; `names` picks and renames the fields. */
export function parseUnifiedBlockIo(text: string, names: Readonly<Record<string, string>>): BlockIoEntry[] {
  return text.split('\n').flatMap((line) => {
    const [device = '', ...fields] = line.split(' ');
    const [major = 0, minor = 0] = device.split(':').map(Number);
    return fields.flatMap((field) => {
      const [name = '', value] = field.split('=');
      const operation = names[name];
      return operation === undefined ? [] : { major, minor, operation, value: Number(value) };
    });
  });
}

/** `name value` lines as a record. */
function readCounters(path: string): Readonly<Record<string, number>> {
  const lines = (tryRead(path) ?? '').split('\n').filter(Boolean);
  return Object.fromEntries(
    lines.map((line) => line.split(' ')).map(([name, value]) => [name, Number(value)]),
  );
}

/** The number in a file; undefined for `max` and for a file that is gone. */
function readNumber(path: string): number | undefined {
  const text = tryRead(path)?.trim();
  return text === undefined || text === 'max' || text === '' ? undefined : Number(text);
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
