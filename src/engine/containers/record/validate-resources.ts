import type { HostConfig } from '#api';
import { refuse } from './validate-config.ts';

const leastMemory = 6 * 1024 * 1024;

/** Refuses limits that can't be, in Docker's words. @throws EngineError invalid */
export function validateResources(limits: HostConfig, cpuCount: number): void {
  validateMemory(limits);
  validateCpu(limits, cpuCount);
  const weight = limits.BlkioWeight;
  refuse(weight !== 0 && (weight < 10 || weight > 1000), 'Range of blkio weight is from 10 to 1000');
}

function validateMemory({ Memory, MemorySwap, MemoryReservation, MemorySwappiness }: HostConfig): void {
  refuse(Memory !== 0 && Memory < leastMemory, 'Minimum memory limit allowed is 6MB');
  refuse(
    Memory > 0 && MemorySwap > 0 && MemorySwap < Memory,
    'Minimum memoryswap limit should be larger than memory limit, see usage',
  );
  refuse(
    Memory === 0 && MemorySwap > 0,
    'You should always set the Memory limit when using Memoryswap limit, see usage',
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

function validateCpu(limits: HostConfig, cpuCount: number): void {
  const { NanoCpus, CpuPeriod, CpuQuota } = limits;
  refuse(NanoCpus > 0 && CpuPeriod > 0, 'Conflicting options: Nano CPUs and CPU Period cannot both be set.');
  refuse(NanoCpus > 0 && CpuQuota > 0, 'Conflicting options: Nano CPUs and CPU Quota cannot both be set.');
  refuse(
    NanoCpus < 0 || NanoCpus > cpuCount * 1e9,
    `range of CPUs is from 0.01 to ${cpuCount}.00, as there are only ${cpuCount} CPUs available`,
  );
  refuse(
    CpuPeriod !== 0 && (CpuPeriod < 1000 || CpuPeriod > 1_000_000),
    'CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)',
  );
  refuse(CpuQuota > 0 && CpuQuota < 1000, 'CPU cfs quota can not be less than 1ms (i.e. 1000)');
  validateCpus('cpuset cpus', limits.CpusetCpus, cpuCount);
}

function validateCpus(what: string, list: string, cpuCount: number): void {
  refuse(!/^(\d+(-\d+)?(,\d+(-\d+)?)*)?$/.test(list), `Invalid value ${list} for ${what}`);
  const asked = list.split(/[,-]/).filter(Boolean).map(Number);
  const available = cpuCount === 1 ? '0' : `0-${cpuCount - 1}`;
  refuse(
    asked.some((cpu) => cpu >= cpuCount),
    `Requested CPUs are not available - requested ${list}, available: ${available}`,
  );
}
