import type { ContainerSummary } from './container.ts';
import type { ImageSummary } from './image.ts';
import { type DecodedBy, omittable, struct, text } from './schema.ts';
import type { Volume } from './volume.ts';

/** Credentials for a registry, in the body of `POST /auth` and in the header X-Registry-Auth. */
export const authConfig = struct('AuthConfig', {
  username: omittable(text),
  password: omittable(text),
  auth: omittable(text),
  email: omittable(text),
  serveraddress: omittable(text),
  identitytoken: omittable(text),
  registrytoken: omittable(text),
});
export type AuthConfig = DecodedBy<typeof authConfig>;

export interface AuthResponse {
  readonly Status: string;
  readonly IdentityToken?: string;
}

export interface SystemVersionComponent {
  readonly Name: string;
  readonly Version: string;
  readonly Details?: Readonly<Record<string, string>>;
}

export interface SystemVersion {
  readonly Platform: { readonly Name: string };
  readonly Components: readonly SystemVersionComponent[];
  readonly Version: string;
  readonly ApiVersion: string;
  readonly MinAPIVersion: string;
  readonly GitCommit: string;
  readonly GoVersion: string;
  readonly Os: string;
  readonly Arch: string;
  readonly KernelVersion: string;
  readonly Experimental?: boolean;
  readonly BuildTime?: string;
}

export interface IndexInfo {
  readonly Name: string;
  readonly Mirrors: readonly string[];
  readonly Secure: boolean;
  readonly Official: boolean;
}

export interface RegistryServiceConfig {
  readonly InsecureRegistryCIDRs: readonly string[];
  readonly IndexConfigs: Readonly<Record<string, IndexInfo>>;
  readonly Mirrors: readonly string[] | null;
  /** Below API 1.47. */
  readonly AllowNondistributableArtifactsCIDRs?: null;
  readonly AllowNondistributableArtifactsHostnames?: null;
}

export interface Commit {
  readonly ID: string;
  /** Below API 1.49. */
  readonly Expected?: string;
}

export interface SystemInfo {
  readonly ID: string;
  readonly Containers: number;
  readonly ContainersRunning: number;
  readonly ContainersPaused: number;
  readonly ContainersStopped: number;
  readonly Images: number;
  readonly Driver: string;
  readonly DriverStatus: readonly (readonly [string, string])[];
  readonly Plugins: {
    readonly Volume: readonly string[];
    readonly Network: readonly string[];
    readonly Authorization: readonly string[] | null;
    readonly Log: readonly string[];
  };
  readonly MemoryLimit: boolean;
  readonly SwapLimit: boolean;
  readonly CpuCfsPeriod: boolean;
  readonly CpuCfsQuota: boolean;
  readonly CPUShares: boolean;
  readonly CPUSet: boolean;
  readonly PidsLimit: boolean;
  readonly IPv4Forwarding: boolean;
  readonly BridgeNfIptables?: boolean;
  readonly BridgeNfIp6tables?: boolean;
  readonly Debug: boolean;
  readonly NFd: number;
  readonly OomKillDisable: boolean;
  readonly NGoroutines: number;
  readonly SystemTime: string;
  readonly LoggingDriver: string;
  readonly CgroupDriver: string;
  readonly CgroupVersion: string;
  readonly NEventsListener: number;
  readonly KernelVersion: string;
  readonly OperatingSystem: string;
  readonly OSVersion: string;
  readonly OSType: string;
  readonly Architecture: string;
  readonly IndexServerAddress: string;
  readonly RegistryConfig: RegistryServiceConfig;
  readonly NCPU: number;
  readonly MemTotal: number;
  readonly GenericResources: null;
  readonly DockerRootDir: string;
  readonly HttpProxy: string;
  readonly HttpsProxy: string;
  readonly NoProxy: string;
  readonly Name: string;
  readonly Labels: readonly string[];
  readonly ExperimentalBuild: boolean;
  readonly ServerVersion: string;
  readonly Runtimes: Readonly<Record<string, { readonly path: string }>>;
  readonly DefaultRuntime: string;
  readonly Swarm: {
    readonly NodeID: string;
    readonly NodeAddr: string;
    readonly LocalNodeState: string;
    readonly ControlAvailable: boolean;
    readonly Error: string;
    readonly RemoteManagers: null;
  };
  readonly LiveRestoreEnabled: boolean;
  readonly Isolation: string;
  readonly InitBinary: string;
  readonly ContainerdCommit: Commit;
  readonly RuncCommit: Commit;
  readonly InitCommit: Commit;
  readonly SecurityOptions: readonly string[];
  readonly ProductLicense?: string;
  readonly DefaultAddressPools?: readonly { readonly Base: string; readonly Size: number }[];
  readonly FirewallBackend?: { readonly Driver: string };
  readonly CDISpecDirs: readonly string[];
  readonly Warnings: readonly string[];
}

/** `GET /system/df` below API 1.52. */
export interface DiskUsage {
  readonly LayersSize: number;
  readonly Images: readonly ImageSummary[] | null;
  readonly Containers: readonly ContainerSummary[] | null;
  readonly Volumes: readonly Volume[] | null;
  readonly BuildCache: readonly object[] | null;
  /** Ours: what the snapshots of volumes take, each file once; absent when there are none. */
  readonly VolumeSnapshots?: { readonly Count: number; readonly Size: number };
  /** Ours, with `data-root=1`: every entry of the data root; the sum is what du(1) tells of it. */
  readonly DataRoot?: readonly { readonly Name: string; readonly Size: number }[];
}

export interface ErrorResponse {
  readonly message: string;
}
