import { bool, bytes, each, int, text } from '../../flags/index.ts';
import { parseThrottleBytes, parseThrottleOperations, parseWeightDevice } from './devices.ts';
import { parseCpus, parseUlimit } from './limits.ts';

const windows = 'running on windows, but the Docker daemon is running on linux';

/** Flags of how much the container may use. */
export const resourceFlags = {
  'blkio-weight': int('Block IO (relative weight), between 10 and 1000, or 0 to disable', {
    valueName: 'uint16',
    unsigned: true,
    greatest: 0xffff,
    defaultText: '0',
  }),
  'blkio-weight-device': each('Block IO weight (relative device weight)', parseWeightDevice, {
    defaultText: '[]',
  }),
  'cpu-count': int('CPU count (Windows only)', { hidden: true, onlyOn: windows }),
  'cpu-percent': int('CPU percent (Windows only)', { hidden: true, onlyOn: windows }),
  'cpu-period': int('Limit CPU CFS (Completely Fair Scheduler) period'),
  'cpu-quota': int('Limit CPU CFS (Completely Fair Scheduler) quota'),
  'cpu-rt-period': int('Limit CPU real-time period in microseconds'),
  'cpu-rt-runtime': int('Limit CPU real-time runtime in microseconds'),
  'cpu-shares': int('CPU shares (relative weight)', { short: 'c' }),
  cpus: {
    summary: 'Number of CPUs',
    valueName: 'decimal',
    initial: 0,
    defaultText: undefined,
    read: parseCpus,
  },
  'cpuset-cpus': text('CPUs in which to allow execution (0-3, 0,1)'),
  'cpuset-mems': text('MEMs in which to allow execution (0-3, 0,1)'),
  'device-read-bps': each('Limit read rate (bytes per second) from a device', parseThrottleBytes, {
    defaultText: '[]',
  }),
  'device-read-iops': each('Limit read rate (IO per second) from a device', parseThrottleOperations, {
    defaultText: '[]',
  }),
  'device-write-bps': each('Limit write rate (bytes per second) to a device', parseThrottleBytes, {
    defaultText: '[]',
  }),
  'device-write-iops': each('Limit write rate (IO per second) to a device', parseThrottleOperations, {
    defaultText: '[]',
  }),
  'io-maxbandwidth': bytes('Maximum IO bandwidth limit for the system drive (Windows only)', {
    hidden: true,
    onlyOn: windows,
  }),
  'io-maxiops': int('Maximum IOps limit for the system drive (Windows only)', {
    valueName: 'uint',
    onlyOn: windows,
    hidden: true,
    unsigned: true,
  }),
  'kernel-memory': bytes('Kernel memory limit'),
  memory: bytes('Memory limit', { short: 'm' }),
  'memory-reservation': bytes('Memory soft limit'),
  'memory-swap': bytes("Swap limit equal to memory plus swap: '-1' to enable unlimited swap", {
    unlimited: true,
  }),
  'memory-swappiness': int('Tune container memory swappiness (0 to 100)', { initial: -1 }),
  'oom-kill-disable': bool('Disable OOM Killer'),
  'oom-score-adj': int("Tune host's OOM preferences (-1000 to 1000)"),
  'pids-limit': int('Tune container pids limit (set -1 for unlimited)'),
  ulimit: each('Ulimit options', parseUlimit, { valueName: 'ulimit', defaultText: '[]' }),
};
