import type { HostConfig } from '#api';
import { each, flag, toggle } from './flag-words.ts';
import { csvLine } from './quote.ts';

const nanosPerCpu = 1e9;

/** What a container may use of memory, processors, devices and the rest. */
export function resourceWords(host: HostConfig): string[] {
  return [
    ...memoryWords(host),
    ...processorWords(host),
    ...blockWords(host),
    ...flag('pids-limit', host.PidsLimit),
    ...each('ulimit', host.Ulimits?.map(ulimitText)),
    ...flag('oom-score-adj', host.OomScoreAdj),
    ...flag('cgroup-parent', host.CgroupParent),
    ...each('device', host.Devices?.map(deviceText)),
    ...each('device-cgroup-rule', host.DeviceCgroupRules),
    ...(host.DeviceRequests ?? []).flatMap(requestWords),
  ];
}

/** As much swap again as memory is what the engine gives unasked. */
function memoryWords(host: HostConfig): string[] {
  const { Memory: memory, MemorySwap: swap, MemorySwappiness: swappiness } = host;
  return [
    ...flag('memory', memory),
    ...flag('memory-swap', swap === memory * 2 ? 0 : swap),
    ...flag('memory-reservation', host.MemoryReservation),
    ...(swappiness === null || swappiness === -1 ? [] : ['--memory-swappiness', String(swappiness)]),
    ...toggle('oom-kill-disable', host.OomKillDisable),
  ];
}

function processorWords(host: HostConfig): string[] {
  return [
    ...flag('cpus', host.NanoCpus / nanosPerCpu),
    ...flag('cpu-shares', host.CpuShares),
    ...flag('cpu-period', host.CpuPeriod),
    ...flag('cpu-quota', host.CpuQuota),
    ...flag('cpu-rt-period', host.CpuRealtimePeriod),
    ...flag('cpu-rt-runtime', host.CpuRealtimeRuntime),
    ...flag('cpuset-cpus', host.CpusetCpus),
    ...flag('cpuset-mems', host.CpusetMems),
  ];
}

function blockWords(host: HostConfig): string[] {
  const rates = (devices: HostConfig['BlkioDeviceReadBps']) =>
    devices?.map(({ Path, Rate }) => `${Path}:${Rate}`);
  return [
    ...flag('blkio-weight', host.BlkioWeight),
    ...each(
      'blkio-weight-device',
      host.BlkioWeightDevice?.map(({ Path, Weight }) => `${Path}:${Weight}`),
    ),
    ...each('device-read-bps', rates(host.BlkioDeviceReadBps)),
    ...each('device-write-bps', rates(host.BlkioDeviceWriteBps)),
    ...each('device-read-iops', rates(host.BlkioDeviceReadIOps)),
    ...each('device-write-iops', rates(host.BlkioDeviceWriteIOps)),
  ];
}

function ulimitText({ Name, Soft, Hard }: NonNullable<HostConfig['Ulimits']>[number]): string {
  return `${Name}=${Soft}:${Hard}`;
}

function deviceText(device: NonNullable<HostConfig['Devices']>[number]): string {
  const { PathOnHost: host, PathInContainer: inside, CgroupPermissions: mode } = device;
  return [host, inside, mode].filter((part) => part !== '').join(':');
}

/** Devices by the names of a vendor are `--device`, others `--gpus`. */
function requestWords(request: NonNullable<HostConfig['DeviceRequests']>[number]): string[] {
  const {
    Driver: driver,
    Count: count,
    DeviceIDs: ids,
    Capabilities: capabilities,
    Options: options,
  } = request;
  if (driver === 'cdi') return each('device', ids);
  const list = (key: string, values: readonly string[]) =>
    values.length === 0 ? [] : [`${key}=${values.join(',')}`];
  const fields = [
    ...(driver === '' ? [] : [`driver=${driver}`]),
    ...(count === 0 ? [] : [`count=${count === -1 ? 'all' : count}`]),
    ...list('device', ids ?? []),
    ...list('capabilities', capabilities?.[0] ?? []),
    ...list(
      'options',
      Object.entries(options ?? {}).map(([key, value]) => `${key}=${value}`),
    ),
  ];
  return ['--gpus', csvLine(fields)];
}
