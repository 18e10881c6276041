import type { BlockIoResources, CpuResources, LinuxResources, MemoryResources, ThrottleDevice } from '#oci';
import { type CgroupFile, fileFor } from './cgroup-files.ts';
import { legacyDeviceFiles } from './device-rules.ts';

/** The files of cgroup v1 controllers that hold a container's limits. */
export function legacyResourceFiles(resources: LinuxResources): readonly CgroupFile[] {
  return [
    ...memoryFiles(resources.memory ?? {}),
    ...cpuFiles(resources.cpu ?? {}),
    ...fileFor('pids', 'pids.max', resources.pids && pidsLimit(resources.pids.limit)),
    ...legacyDeviceFiles(resources.devices ?? []),
    ...blockIoFiles(resources.blockIO ?? {}),
  ];
}

/** The value of pids.max in both versions. */
export function pidsLimit(limit: number): string {
  return limit > 0 ? String(limit) : 'max';
}

/** The limit of memory alone comes first: the limit of memory and swap may never be below it. */
function memoryFiles(memory: MemoryResources): readonly CgroupFile[] {
  const swappiness = memory.swappiness;
  return [
    ...fileFor('memory', 'memory.limit_in_bytes', memory.limit || undefined),
    ...fileFor('memory', 'memory.memsw.limit_in_bytes', memory.swap || undefined),
    ...fileFor('memory', 'memory.soft_limit_in_bytes', memory.reservation || undefined),
    ...fileFor('memory', 'memory.swappiness', swappiness === -1 ? undefined : swappiness),
    ...fileFor('memory', 'memory.oom_control', memory.disableOOMKiller ? 1 : undefined),
  ];
}

/** The period comes before the quota, which the kernel checks against it. */
function cpuFiles(cpu: CpuResources): readonly CgroupFile[] {
  return [
    ...fileFor('cpu', 'cpu.shares', cpu.shares || undefined),
    ...fileFor('cpu', 'cpu.cfs_period_us', cpu.period || undefined),
    ...fileFor('cpu', 'cpu.cfs_quota_us', cpu.quota || undefined),
    ...fileFor('cpu', 'cpu.cfs_burst_us', cpu.burst),
    ...fileFor('cpu', 'cpu.rt_period_us', cpu.realtimePeriod || undefined),
    ...fileFor('cpu', 'cpu.rt_runtime_us', cpu.realtimeRuntime || undefined),
    ...fileFor('cpu', 'cpu.idle', cpu.idle),
    ...fileFor('cpuset', 'cpuset.cpus', cpu.cpus),
    ...fileFor('cpuset', 'cpuset.mems', cpu.mems),
  ];
}

function blockIoFiles(blockIo: BlockIoResources): readonly CgroupFile[] {
  const throttle = (file: string, devices: readonly ThrottleDevice[] = []) =>
    devices.flatMap(({ major, minor, rate }) =>
      fileFor('blkio', `blkio.throttle.${file}`, `${major}:${minor} ${rate}`),
    );
  return [
    ...fileFor('blkio', 'blkio.bfq.weight', blockIo.weight || undefined),
    ...(blockIo.weightDevice ?? []).flatMap(({ major, minor, weight }) =>
      fileFor('blkio', 'blkio.bfq.weight_device', weight && `${major}:${minor} ${weight}`),
    ),
    ...throttle('read_bps_device', blockIo.throttleReadBpsDevice),
    ...throttle('write_bps_device', blockIo.throttleWriteBpsDevice),
    ...throttle('read_iops_device', blockIo.throttleReadIOPSDevice),
    ...throttle('write_iops_device', blockIo.throttleWriteIOPSDevice),
  ];
}
