import type { SystemInfo } from '#api';
import { binarySize } from '../format/size.ts';

/** What `info` shows of the daemon, line by line; what it does not say is left out. */
export function describeServer(info: SystemInfo): string {
  return [
    ...counts(info),
    ...storage(info),
    ...drivers(info),
    ...runtimes(info),
    ...security(info),
    ...machine(info),
    ...settings(info),
    ...registries(info),
    '',
  ].join('\n');
}

function counts(info: SystemInfo): string[] {
  return [
    ` Containers: ${info.Containers}`,
    `  Running: ${info.ContainersRunning}`,
    `  Paused: ${info.ContainersPaused}`,
    `  Stopped: ${info.ContainersStopped}`,
    ` Images: ${info.Images}`,
    ...line(' Server Version', info.ServerVersion),
  ];
}

function storage(info: SystemInfo): string[] {
  return [
    ...line(' Storage Driver', info.Driver),
    ...(info.DriverStatus ?? []).map(([name, value]) => `  ${name}: ${value}`),
  ];
}

function drivers(info: SystemInfo): string[] {
  const { Volume: volume, Network: network, Authorization: authorization, Log: log } = info.Plugins;
  return [
    ...line(' Logging Driver', info.LoggingDriver),
    ...line(' Cgroup Driver', info.CgroupDriver),
    ...line(' Cgroup Version', info.CgroupVersion),
    ' Plugins:',
    `  Volume: ${(volume ?? []).join(' ')}`,
    `  Network: ${(network ?? []).join(' ')}`,
    ...((authorization ?? []).length > 0 ? [`  Authorization: ${authorization?.join(' ')}`] : []),
    `  Log: ${(log ?? []).join(' ')}`,
  ];
}

function runtimes(info: SystemInfo): string[] {
  const names = Object.keys(info.Runtimes ?? {});
  const swarm = (info as { Swarm?: { LocalNodeState?: string } }).Swarm;
  return [
    ` Swarm: ${swarm?.LocalNodeState ?? 'inactive'}`,
    ...(names.length > 0
      ? [` Runtimes: ${names.join(' ')}`, ` Default Runtime: ${info.DefaultRuntime}`]
      : []),
    ...line(' Init Binary', info.InitBinary),
    ` containerd version: ${info.ContainerdCommit?.ID ?? ''}`,
    ` runc version: ${info.RuncCommit?.ID ?? ''}`,
    ` init version: ${info.InitCommit?.ID ?? ''}`,
  ];
}

/** Each option is `name=…` with further `key=value` parts, in one text with commas. */
function security(info: SystemInfo): string[] {
  if ((info.SecurityOptions ?? []).length === 0) return [];
  const lines = (info.SecurityOptions ?? []).flatMap((option) => {
    const parts = option.split(',').map((part) => part.split('='));
    const name = parts.find(([key]) => key === 'name')?.[1] ?? option;
    const others = parts.filter(([key]) => key !== 'name');
    return [`  ${name}`, ...others.map(([key = '', value]) => `   ${capitalised(key)}: ${value}`)];
  });
  return [' Security Options:', ...lines];
}

function machine(info: SystemInfo): string[] {
  return [
    ...line(' Kernel Version', info.KernelVersion),
    ...line(' Operating System', info.OperatingSystem),
    ...line(' OSType', info.OSType),
    ...line(' Architecture', info.Architecture),
    ` CPUs: ${info.NCPU}`,
    ` Total Memory: ${binarySize(info.MemTotal)}`,
    ...line(' Name', info.Name),
    ...line(' ID', info.ID),
    ` Docker Root Dir: ${info.DockerRootDir}`,
    ` Debug Mode: ${info.Debug}`,
  ];
}

function settings(info: SystemInfo): string[] {
  const debug = info.Debug
    ? [
        `  File Descriptors: ${info.NFd}`,
        `  Goroutines: ${info.NGoroutines}`,
        `  System Time: ${info.SystemTime}`,
        `  EventsListeners: ${info.NEventsListener}`,
      ]
    : [];
  const labels = info.Labels ?? [];
  return [
    ...debug,
    ...line(' HTTP Proxy', info.HttpProxy),
    ...line(' HTTPS Proxy', info.HttpsProxy),
    ...line(' No Proxy', info.NoProxy),
    ...(labels.length > 0 ? [' Labels:', ...labels.map((label) => `  ${label}`)] : []),
    ` Experimental: ${info.ExperimentalBuild}`,
  ];
}

function registries(info: SystemInfo): string[] {
  const { InsecureRegistryCIDRs: networks, IndexConfigs: indexes, Mirrors: mirrors } = info.RegistryConfig;
  const insecure = Object.values(indexes ?? {}).filter((index) => !index.Secure);
  const pools = info.DefaultAddressPools ?? [];
  return [
    ...section(' Insecure Registries:', [...insecure.map((index) => index.Name), ...(networks ?? [])]),
    ...section(' Registry Mirrors:', mirrors ?? []),
    ` Live Restore Enabled: ${info.LiveRestoreEnabled}`,
    ...line(' Product License', info.ProductLicense),
    ...(pools.length > 0
      ? [' Default Address Pools:', ...pools.map(({ Base, Size }) => `   Base: ${Base}, Size: ${Size}`)]
      : []),
  ];
}

function section(title: string, entries: readonly string[]): string[] {
  return entries.length === 0 ? [] : [title, ...entries.map((entry) => `  ${entry}`)];
}

function line(title: string, value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [`${title}: ${value}`];
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
