import type { IndexInfo, RegistryServiceConfig, SystemInfo } from '#api';
import { formatTimestamp, nowNs } from '#base';
import type { DockerApiParts, SystemFacts } from './types.ts';

const indexServer = 'https://index.docker.io/v1/';
/** Under the names that clients know. */
const ownRuntime = { path: 'wharf-runtime' };

/** The answer in the shape of an API version: older ones have fields that newer ones dropped. */
export function encodeInfo(parts: DockerApiParts, minor: number): SystemInfo {
  const { system, containers, images, events, volumes } = parts;
  const facts = system.facts();
  const counts = containers.counts();
  return {
    ID: facts.id,
    Containers: counts.running + counts.paused + counts.stopped,
    ContainersRunning: counts.running,
    ContainersPaused: counts.paused,
    ContainersStopped: counts.stopped,
    Images: images.count(),
    Driver: facts.storageDriver,
    DriverStatus: facts.storageStatus,
    Plugins: {
      Volume: volumes.driverNames(),
      Network: ['bridge', 'host', 'null'],
      Authorization: null,
      Log: facts.logDrivers,
    },
    ...kernelInfo(facts, minor),
    Debug: facts.debug,
    NFd: facts.openDescriptors,
    NGoroutines: 0,
    SystemTime: formatTimestamp(nowNs()),
    LoggingDriver: facts.logDriver,
    NEventsListener: events.listeners,
    IndexServerAddress: indexServer,
    RegistryConfig: registryConfig(facts, minor),
    GenericResources: null,
    DockerRootDir: facts.dataRoot,
    HttpProxy: withoutPassword(facts.proxies.http),
    HttpsProxy: withoutPassword(facts.proxies.https),
    NoProxy: facts.proxies.none,
    Name: facts.hostName,
    Labels: facts.labels,
    ExperimentalBuild: false,
    ServerVersion: facts.engineVersion,
    Runtimes: { 'io.containerd.runc.v2': ownRuntime, runc: ownRuntime },
    DefaultRuntime: facts.defaultRuntime,
    Swarm: {
      NodeID: '',
      NodeAddr: '',
      LocalNodeState: 'inactive',
      ControlAvailable: false,
      Error: '',
      RemoteManagers: null,
    },
    // Containers never depend on the daemon.
    LiveRestoreEnabled: true,
    Isolation: '',
    InitBinary: 'wharf-core',
    ContainerdCommit: commit(facts, minor),
    RuncCommit: commit(facts, minor),
    InitCommit: commit(facts, minor),
    SecurityOptions: securityOptions(facts, minor),
    ...(minor >= 49 && { FirewallBackend: { Driver: 'nftables' } }),
    CDISpecDirs: [],
    Warnings: facts.warnings,
  };
}

function kernelInfo(facts: SystemFacts, minor: number) {
  const { limits } = facts;
  return {
    MemoryLimit: limits.memory,
    SwapLimit: limits.swap,
    CpuCfsPeriod: limits.cpu,
    CpuCfsQuota: limits.cpu,
    CPUShares: limits.cpu,
    CPUSet: limits.cpuset,
    PidsLimit: limits.pids,
    IPv4Forwarding: facts.ipv4Forwarding,
    // Bridged frames do not pass iptables here, whatever the host's settings for them are.
    ...(minor < 50 && { BridgeNfIptables: false, BridgeNfIp6tables: false }),
    OomKillDisable: facts.cgroupVersion === 1,
    CgroupDriver: 'cgroupfs',
    CgroupVersion: String(facts.cgroupVersion),
    KernelVersion: facts.kernelVersion,
    OperatingSystem: facts.operatingSystem,
    OSVersion: facts.osVersion,
    OSType: 'linux',
    Architecture: machineName(),
    NCPU: facts.cpus,
    MemTotal: facts.memoryBytes,
  };
}

/** Docker's other programs are parts of this one. */
function commit({ gitCommit }: SystemFacts, minor: number) {
  return { ID: gitCommit, ...(minor < 49 && { Expected: gitCommit }) };
}

function securityOptions({ cgroupVersion }: SystemFacts, minor: number): readonly string[] {
  const options = cgroupVersion === 2 ? ['seccomp', 'cgroupns'] : ['seccomp'];
  if (minor < 25) return options;
  return options.map((name) => (name === 'seccomp' ? 'name=seccomp,profile=builtin' : `name=${name}`));
}

/** As uname(2) calls it. */
function machineName(): string {
  const names: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
  return names[process.arch] ?? process.arch;
}

function withoutPassword(proxy: string): string {
  return proxy.replace(/\/\/[^/@]*@/, '//xxxxx:xxxxx@');
}

function registryConfig(
  { insecureRegistries, registryMirrors, registries }: SystemFacts,
  minor: number,
): RegistryServiceConfig {
  const isCidr = (entry: string) => /\/\d+$/.test(entry);
  const hosts = insecureRegistries.filter((entry) => !isCidr(entry));
  const single = (name: string): IndexInfo => ({
    Name: name,
    Mirrors: registries[name]?.mirrors ?? [],
    Secure: !hosts.includes(name),
    Official: false,
  });
  const named = new Set([...hosts, ...Object.keys(registries)]);
  return {
    IndexConfigs: {
      'docker.io': { Name: 'docker.io', Mirrors: registryMirrors, Secure: true, Official: true },
      ...Object.fromEntries([...named].map((name) => [name, single(name)])),
    },
    InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8', ...insecureRegistries.filter(isCidr)],
    Mirrors: registryMirrors,
    ...(minor < 47 && {
      AllowNondistributableArtifactsCIDRs: null,
      AllowNondistributableArtifactsHostnames: null,
    }),
  };
}
