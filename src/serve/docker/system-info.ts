import type { IndexInfo, RegistryServiceConfig, SystemInfo } from '#api';
import { formatTimestamp, nowNs } from '#base';
import type { DockerApiParts, SystemFacts } from './types.ts';

const indexServer = 'https://index.docker.io/v1/';

export function encodeInfo({ system, containers, images, events }: DockerApiParts): SystemInfo {
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
      Volume: ['local'],
      Network: ['bridge', 'host', 'null'],
      Authorization: null,
      Log: ['json-file', 'none'],
    },
    ...kernelInfo(facts),
    Debug: facts.debug,
    NFd: 0,
    NGoroutines: 0,
    SystemTime: formatTimestamp(nowNs()),
    LoggingDriver: 'json-file',
    NEventsListener: events.listeners,
    IndexServerAddress: indexServer,
    RegistryConfig: registryConfig(facts),
    GenericResources: null,
    DockerRootDir: facts.dataRoot,
    HttpProxy: '',
    HttpsProxy: '',
    NoProxy: '',
    Name: facts.hostName,
    Labels: facts.labels,
    ExperimentalBuild: false,
    ServerVersion: facts.engineVersion,
    Runtimes: { runc: { path: 'wharf-runtime' } },
    DefaultRuntime: 'runc',
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
    InitBinary: '',
    ContainerdCommit: { ID: '' },
    RuncCommit: { ID: facts.gitCommit },
    InitCommit: { ID: '' },
    SecurityOptions: [
      'name=seccomp,profile=builtin',
      ...(facts.cgroupVersion === 2 ? ['name=cgroupns'] : []),
    ],
    CDISpecDirs: [],
    Warnings: facts.warnings,
  };
}

function kernelInfo(facts: SystemFacts) {
  return {
    MemoryLimit: true,
    SwapLimit: true,
    CpuCfsPeriod: true,
    CpuCfsQuota: true,
    CPUShares: true,
    CPUSet: true,
    PidsLimit: true,
    IPv4Forwarding: facts.ipv4Forwarding,
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

/** As uname(2) calls it. */
function machineName(): string {
  const names: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64' };
  return names[process.arch] ?? process.arch;
}

function registryConfig({ insecureRegistries, registryMirrors }: SystemFacts): RegistryServiceConfig {
  const isCidr = (entry: string) => /\/\d+$/.test(entry);
  const insecure = (name: string): IndexInfo => ({ Name: name, Mirrors: [], Secure: false, Official: false });
  const hosts = insecureRegistries.filter((entry) => !isCidr(entry));
  return {
    IndexConfigs: {
      'docker.io': { Name: 'docker.io', Mirrors: registryMirrors, Secure: true, Official: true },
      ...Object.fromEntries(hosts.map((name) => [name, insecure(name)])),
    },
    InsecureRegistryCIDRs: ['::1/128', '127.0.0.0/8', ...insecureRegistries.filter(isCidr)],
    Mirrors: registryMirrors,
  };
}
