import type { HostConfig, RestartPolicy } from '#api';
import { pairsToMap } from '../env.ts';
import { splitDevices } from './devices.ts';
import { mountFrom } from './mount.ts';
import type { Networks } from './networks.ts';
import type { PortSet } from './ports.ts';
import { describeCapabilities, describeSecurity } from './security.ts';
import type { CreateInput, CreateValues, Surroundings } from './types.ts';
import { splitVolumes } from './volumes.ts';

/** The part of the request that depends on the host. */
export function describeHost(
  { values, given }: CreateInput,
  ports: PortSet,
  networks: Networks,
  around: Surroundings,
): HostConfig {
  checkModes(values);
  return {
    ...describeStorage(values, around),
    ...describeNetwork(values, ports, networks),
    ...describeNamespaces(values),
    ...describeResources(values),
    ...describeSecurity(values['security-opt'], around),
    ContainerIDFile: values.cidfile,
    LogConfig: describeLog(values),
    RestartPolicy: parseRestartPolicy(values.restart),
    AutoRemove: values.rm,
    ConsoleSize: around.consoleSize,
    ...(Object.keys(values.annotation).length === 0 ? {} : { Annotations: values.annotation }),
    ...describeCapabilities(values['cap-add'], values['cap-drop']),
    GroupAdd: orNull(values['group-add']),
    OomScoreAdj: values['oom-score-adj'],
    Privileged: values.privileged,
    Runtime: values.runtime,
    Isolation: values.isolation,
    ...(given.has('init') ? { Init: values.init } : {}),
  };
}

function describeStorage(values: CreateValues, { directory }: Surroundings) {
  const { binds } = splitVolumes(values.volume, directory);
  const mounts = [...values.mount, ...values.secret];
  const tmpfs = Object.fromEntries(
    values.tmpfs.map((text) => text.split(/:(.*)/s).slice(0, 2).concat('').slice(0, 2)),
  );
  return {
    Binds: orNull(binds),
    VolumeDriver: values['volume-driver'],
    VolumesFrom: orNull(values['volumes-from']),
    ReadonlyRootfs: values['read-only'],
    ShmSize: values['shm-size'],
    ...(mounts.length === 0 ? {} : { Mounts: mounts.map((mount) => mountFrom(directory, mount)) }),
    ...(values.tmpfs.length === 0 ? {} : { Tmpfs: tmpfs as Record<string, string> }),
    ...(values['storage-opt'].length === 0 ? {} : { StorageOpt: storageOptions(values['storage-opt']) }),
  };
}

function storageOptions(texts: readonly string[]): Record<string, string> {
  for (const text of texts) if (!text.includes('=')) throw new Error('invalid storage option');
  return pairsToMap(texts);
}

function describeNetwork(values: CreateValues, ports: PortSet, networks: Networks) {
  return {
    NetworkMode: networks.mode,
    PortBindings: ports.bindings,
    PublishAllPorts: values['publish-all'],
    Dns: values.dns,
    DnsOptions: [...values['dns-option'], ...values['dns-opt']],
    DnsSearch: values['dns-search'],
    ExtraHosts: orNull(values['add-host']),
    Links: orNull(values.link),
  };
}

function describeNamespaces(values: CreateValues) {
  return {
    CgroupnsMode: values.cgroupns,
    IpcMode: values.ipc,
    Cgroup: '',
    PidMode: values.pid,
    UTSMode: values.uts,
    UsernsMode: values.userns,
    ...(Object.keys(values.sysctl).length === 0 ? {} : { Sysctls: values.sysctl }),
  };
}

function describeResources(values: CreateValues) {
  const swappiness = values['memory-swappiness'];
  if (swappiness !== -1 && (swappiness < 0 || swappiness > 100)) {
    throw new Error(`invalid value: ${swappiness}. Valid memory swappiness range is 0-100`);
  }
  const { devices, requests } = splitDevices(values.device);
  const allRequests = [...values.gpus, ...requests];
  return {
    CpuShares: values['cpu-shares'],
    Memory: values.memory,
    NanoCpus: values.cpus,
    CgroupParent: values['cgroup-parent'],
    BlkioWeight: values['blkio-weight'],
    BlkioWeightDevice: values['blkio-weight-device'],
    BlkioDeviceReadBps: values['device-read-bps'],
    BlkioDeviceWriteBps: values['device-write-bps'],
    BlkioDeviceReadIOps: values['device-read-iops'],
    BlkioDeviceWriteIOps: values['device-write-iops'],
    CpuPeriod: values['cpu-period'],
    CpuQuota: values['cpu-quota'],
    CpuRealtimePeriod: values['cpu-rt-period'],
    CpuRealtimeRuntime: values['cpu-rt-runtime'],
    CpusetCpus: values['cpuset-cpus'],
    CpusetMems: values['cpuset-mems'],
    Devices: devices,
    DeviceCgroupRules: orNull(values['device-cgroup-rule']),
    DeviceRequests: allRequests.length === 0 ? null : allRequests,
    MemoryReservation: values['memory-reservation'],
    MemorySwap: values['memory-swap'],
    MemorySwappiness: swappiness,
    OomKillDisable: values['oom-kill-disable'],
    PidsLimit: values['pids-limit'],
    Ulimits: [...values.ulimit].sort((a, b) => (a.Name < b.Name ? -1 : 1)),
    CpuCount: values['cpu-count'],
    CpuPercent: values['cpu-percent'],
    IOMaximumIOps: values['io-maxiops'],
    IOMaximumBandwidth: values['io-maxbandwidth'],
  };
}

/** The modes that name another container or the host; others are the daemon's to refuse. */
function checkModes(values: CreateValues): void {
  const isContainer = (mode: string) => /^container:./.test(mode);
  if (!['', 'host'].includes(values.pid) && !isContainer(values.pid))
    throw new Error('--pid: invalid PID mode');
  if (!['', 'host'].includes(values.uts)) throw new Error('--uts: invalid UTS mode');
  if (!['', 'host'].includes(values.userns)) throw new Error('--userns: invalid USER mode');
  if (!['', 'host', 'private'].includes(values.cgroupns)) throw new Error('--cgroupns: invalid CGROUP mode');
}

function describeLog(values: CreateValues): HostConfig['LogConfig'] {
  const options = pairsToMap(values['log-opt']);
  if (values['log-driver'] === 'none' && values['log-opt'].length > 0) {
    throw new Error(`invalid logging opts for driver ${values['log-driver']}`);
  }
  return { Type: values['log-driver'], Config: options };
}

/** `name[:count]`. */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [name = '', count, ...more] = text.split(':');
  if (count !== undefined && name === '')
    throw new Error('invalid restart policy format: no policy provided before colon');
  if (more.length > 0)
    throw new Error('invalid restart policy format: maximum retry count must be an integer');
  if (count !== undefined && !/^[+-]?\d+$/.test(count)) {
    throw new Error('invalid restart policy format: maximum retry count must be an integer');
  }
  return { Name: name, MaximumRetryCount: Number(count ?? 0) };
}

function orNull<T>(list: readonly T[]): readonly T[] | null {
  return list.length === 0 ? null : list;
}
