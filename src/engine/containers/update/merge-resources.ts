import type { HostConfig, Resources } from '#api';
import { refuse } from '#base';
import type { LinuxResources } from '#oci';
import { type DeviceNumberOf, resolveResources } from '../spec/resources.ts';

const memoryFields = ['Memory', 'MemorySwap', 'MemoryReservation'] as const;
const cpuFields = [
  'CpuShares',
  'NanoCpus',
  'CpuPeriod',
  'CpuQuota',
  'CpuRealtimePeriod',
  'CpuRealtimeRuntime',
  'CpusetCpus',
  'CpusetMems',
] as const;
const blockIoFields = [
  'BlkioWeight',
  'BlkioWeightDevice',
  'BlkioDeviceReadBps',
  'BlkioDeviceWriteBps',
  'BlkioDeviceReadIOps',
  'BlkioDeviceWriteIOps',
] as const;

type Field = (typeof memoryFields | typeof cpuFields | typeof blockIoFields)[number];

/** Whether a change sets a limit: zero, an empty text and an empty list leave it. */
function isSet(change: Resources, field: Field): boolean {
  const value = change[field];
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/**
 * A container's configuration with other limits. A PidsLimit of 0 or less is none.
 * @throws EngineError conflict, in Docker's words, when the change does not go with what is set
 */
export function mergeResources(current: HostConfig, change: Resources): HostConfig {
  refuseConflicts(current, change);
  const fields = [...memoryFields, ...cpuFields, ...blockIoFields].filter((field) => isSet(change, field));
  return {
    ...current,
    ...Object.fromEntries(fields.map((field) => [field, change[field]])),
    ...(change.PidsLimit !== null && { PidsLimit: Math.max(0, change.PidsLimit) }),
  };
}

/**
 * The limits that a change sets, each with those of its kind that were set before: cgroup v2 has some of them in one
 * file.
 */
export function changedLimits(
  merged: HostConfig,
  change: Resources,
  numberOf: DeviceNumberOf,
): LinuxResources {
  const touches = (fields: readonly Field[]) => fields.some((field) => isSet(change, field));
  const { memory, cpu, blockIO } = resolveResources(merged, [], numberOf);
  return {
    ...(touches(memoryFields) && memory && { memory }),
    ...(touches(cpuFields) && cpu && { cpu }),
    ...(touches(blockIoFields) && blockIO && { blockIO }),
    ...(change.PidsLimit !== null && { pids: { limit: Math.max(0, change.PidsLimit) } }),
  };
}

/** Either CPUs or a quota of a period, and memory never above memory with swap. */
function refuseConflicts(current: HostConfig, change: Resources): void {
  const clash = (condition: boolean, message: string) => refuse(condition, message, 'conflict');
  const cpus = 'Nano CPUs cannot be updated as';
  const set = 'cannot be updated as NanoCPUs has already been set';
  clash(change.NanoCpus > 0 && current.CpuPeriod > 0, `${conflict} ${cpus} CPU Period has already been set`);
  clash(change.NanoCpus > 0 && current.CpuQuota > 0, `${conflict} ${cpus} CPU Quota has already been set`);
  clash(change.CpuPeriod > 0 && current.NanoCpus > 0, `${conflict} CPU Period ${set}`);
  clash(change.CpuQuota > 0 && current.NanoCpus > 0, `${conflict} CPU Quota ${set}`);
  clash(
    change.Memory !== 0 && change.Memory > current.MemorySwap && change.MemorySwap === 0,
    'Memory limit should be smaller than already set memoryswap limit, update the memoryswap at the same time',
  );
}

const conflict = 'Conflicting options:';
