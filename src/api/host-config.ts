import {
  type DecodedBy,
  flag,
  integer,
  list,
  map,
  nullable,
  omittable,
  struct,
  text,
  unsigned16,
  unsigned64,
  unsignedWord,
  words,
} from './schema.ts';

export const restartPolicy = struct('RestartPolicy', { Name: text, MaximumRetryCount: integer });
export type RestartPolicy = DecodedBy<typeof restartPolicy>;

/** HostPort '' or '0' asks for a free port, 'a-b' for one of a range. */
export const portBinding = struct('PortBinding', { HostIp: text, HostPort: text });
export type PortBinding = DecodedBy<typeof portBinding>;
/** By container port, `80/tcp`. */
export type PortMap = Readonly<Record<string, readonly PortBinding[] | null>>;

const throttleDevice = struct('ThrottleDevice', { Path: text, Rate: unsigned64 });
const weightDevice = struct('WeightDevice', { Path: text, Weight: unsigned16 });
const ulimit = struct('Ulimit', { Name: text, Hard: integer, Soft: integer });
export type Ulimit = DecodedBy<typeof ulimit>;

const deviceMapping = struct('DeviceMapping', {
  PathOnHost: text,
  PathInContainer: text,
  CgroupPermissions: text,
});
export type DeviceMapping = DecodedBy<typeof deviceMapping>;

const deviceRequest = struct('DeviceRequest', {
  Driver: text,
  Count: integer,
  DeviceIDs: list(text),
  Capabilities: list(list(text)),
  Options: map(text),
});
export type DeviceRequest = DecodedBy<typeof deviceRequest>;

const bindOptions = struct('BindOptions', {
  Propagation: omittable(text),
  NonRecursive: omittable(flag),
  CreateMountpoint: omittable(flag),
  ReadOnlyNonRecursive: omittable(flag),
  ReadOnlyForceRecursive: omittable(flag),
});
const volumeOptions = struct('VolumeOptions', {
  NoCopy: omittable(flag),
  Labels: omittable(map(text)),
  Subpath: omittable(text),
  DriverConfig: omittable(struct('Driver', { Name: omittable(text), Options: omittable(map(text)) })),
});
const tmpfsOptions = struct('TmpfsOptions', {
  SizeBytes: omittable(integer),
  Mode: omittable(integer),
  Options: omittable(list(list(text))),
});

/** Ours: who owns the file of a secret or config in the container, and its permission bits. */
const secretOptions = struct('SecretOptions', {
  UID: omittable(integer),
  GID: omittable(integer),
  Mode: omittable(integer),
});

/** One entry of HostConfig.Mounts (`--mount`). */
export const mount = struct('Mount', {
  Type: text,
  Source: omittable(text),
  Target: text,
  ReadOnly: omittable(flag),
  Consistency: omittable(text),
  BindOptions: omittable(bindOptions),
  VolumeOptions: omittable(volumeOptions),
  ImageOptions: omittable(struct('ImageOptions', { Subpath: omittable(text) })),
  TmpfsOptions: omittable(tmpfsOptions),
  SecretOptions: omittable(secretOptions),
});
export type Mount = DecodedBy<typeof mount>;

/** Limits that a running container can be given too. `null` is unset; -1 too for MemorySwappiness and PidsLimit. */
export const resourceFields = {
  CpuShares: integer,
  Memory: integer,
  NanoCpus: integer,
  CgroupParent: text,
  BlkioWeight: unsigned16,
  BlkioWeightDevice: list(weightDevice),
  BlkioDeviceReadBps: list(throttleDevice),
  BlkioDeviceWriteBps: list(throttleDevice),
  BlkioDeviceReadIOps: list(throttleDevice),
  BlkioDeviceWriteIOps: list(throttleDevice),
  CpuPeriod: integer,
  CpuQuota: integer,
  CpuRealtimePeriod: integer,
  CpuRealtimeRuntime: integer,
  CpusetCpus: text,
  CpusetMems: text,
  Devices: list(deviceMapping),
  DeviceCgroupRules: list(text),
  DeviceRequests: list(deviceRequest),
  MemoryReservation: integer,
  MemorySwap: integer,
  MemorySwappiness: nullable(integer),
  OomKillDisable: nullable(flag),
  PidsLimit: nullable(integer),
  Ulimits: list(ulimit),
  CpuCount: integer,
  CpuPercent: integer,
  IOMaximumIOps: integer,
  IOMaximumBandwidth: integer,
};

const resources = struct('Resources', resourceFields);
export type Resources = DecodedBy<typeof resources>;

/** What of a container depends on the host. MaskedPaths and ReadonlyPaths: `null` is the default set, `[]` none. */
export const hostConfig = struct('HostConfig', {
  Binds: list(text),
  ContainerIDFile: text,
  LogConfig: struct('LogConfig', { Type: text, Config: map(text) }),
  NetworkMode: text,
  PortBindings: map(list(portBinding)),
  RestartPolicy: restartPolicy,
  AutoRemove: flag,
  VolumeDriver: text,
  VolumesFrom: list(text),
  /** Rows, then columns. */
  ConsoleSize: list(unsignedWord),
  Annotations: omittable(map(text)),
  CapAdd: words,
  CapDrop: words,
  CgroupnsMode: text,
  Dns: list(text),
  DnsOptions: list(text),
  DnsSearch: list(text),
  ExtraHosts: list(text),
  GroupAdd: list(text),
  IpcMode: text,
  Cgroup: text,
  Links: list(text),
  OomScoreAdj: integer,
  PidMode: text,
  Privileged: flag,
  PublishAllPorts: flag,
  ReadonlyRootfs: flag,
  SecurityOpt: list(text),
  StorageOpt: omittable(map(text)),
  Tmpfs: omittable(map(text)),
  UTSMode: text,
  UsernsMode: text,
  ShmSize: integer,
  Sysctls: omittable(map(text)),
  Runtime: text,
  Isolation: text,
  ...resourceFields,
  Mounts: omittable(list(mount)),
  MaskedPaths: list(text),
  ReadonlyPaths: list(text),
  Init: omittable(flag),
});
export type HostConfig = DecodedBy<typeof hostConfig>;
