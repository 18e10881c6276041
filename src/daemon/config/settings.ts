import type { ApiVersion, Ulimit } from '#api';
import type { LogFormat, LogLevel } from '#base';
import type { ImagePolicy } from '#engine/images';
import type { SubnetPool } from '#engine/networks';
import type { PluginFolders } from '#engine/volumes';
import type { ProxySettings, RegistrySettings } from '#registry';
import type { ModuleName } from '#serve/docker';
import type { CompressionFormat } from '#store/content';
import type { DaemonHost } from './host.ts';
import type { InertReason } from './option.ts';

/** Everything the daemon was told, with defaults filled in. */
export interface DaemonSettings extends ReloadableSettings {
  readonly hosts: readonly DaemonHost[];
  readonly tls: TlsSettings | undefined;
  readonly dataRoot: string;
  readonly execRoot: string;
  readonly pidfile: string;
  /** Where the daemon tells figures of itself; undefined for nowhere. */
  readonly metricsAddress: MetricsAddress | undefined;
  readonly logFormat: LogFormat;
  /** Of the API, that requests may name. */
  readonly oldestVersion: ApiVersion;
  readonly disabledModules: readonly ModuleName[];
  readonly proxies: ProxySettings;
  /** Of registries, in Docker's layout; absent: Docker's. */
  readonly registryCertificates: string | undefined;
  /** The daemon's own credentials for registries, in a file as the client's is. */
  readonly registryCredentials: string | undefined;
  readonly storageDriver: 'erofs' | 'unpack' | undefined;
  /** Where programs that are volume drivers tell of themselves. */
  readonly plugins: PluginFolders;
  readonly network: NetworkSettings;
  readonly container: ContainerDefaults;
}

/** What SIGHUP takes over from the file. */
export interface ReloadableSettings {
  readonly debug: boolean;
  readonly logLevel: LogLevel;
  readonly labels: readonly string[];
  readonly features: Readonly<Record<string, boolean>>;
  readonly registryMirrors: readonly string[];
  /** What is set for single registries, by their domain. */
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  readonly insecureRegistries: readonly string[];
  readonly maxConcurrentDownloads: number;
  readonly maxConcurrentUploads: number;
  readonly pushCompression: CompressionFormat;
  readonly maxDownloadAttempts: number;
  readonly imagePolicy: ImagePolicy;
  /** Docker's; here containers outlive the daemon, and nothing waits for it. */
  readonly shutdownTimeoutSeconds: number;
  readonly defaultRuntime: string;
  /** Keys of Docker's that were set and have no effect here. */
  readonly inertKeys: Readonly<Record<InertReason, readonly string[]>>;
}

export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

/** Paths of PEM files. */
export interface TlsSettings {
  readonly certificate: string;
  readonly key: string;
  /** Clients must show a certificate that this authority has signed; absent: anybody may speak. */
  readonly clientAuthority: string | undefined;
}

export interface NetworkSettings {
  /** Device of the default bridge; `none`: there is none. */
  readonly bridge: string;
  /** The bridge's own address with the length of its subnet's prefix. */
  readonly bip: string | undefined;
  readonly fixedCidr: string | undefined;
  /** Router of the default bridge's containers, when it is not the bridge. */
  readonly defaultGateway: string | undefined;
  /** Whether the default bridge has IPv6; the same settings for it. */
  readonly ipv6: boolean;
  readonly bip6: string | undefined;
  readonly fixedCidrV6: string | undefined;
  readonly defaultGatewayV6: string | undefined;
  readonly mtu: number;
  readonly interContainer: boolean;
  readonly masquerade: boolean;
  /** Callers from outside come to published ports only by the host's `input`. */
  readonly obeysInput: boolean;
  /** Address that ports are published at when the request names none. */
  readonly publishAddress: string;
  /** Of bridge networks that users make; a request's come over them. */
  readonly defaultOptions: Readonly<Record<string, string>>;
  /** Empty: Docker's. */
  readonly addressPools: readonly SubnetPool[];
  /** The file that resolv.conf of containers is made from. */
  readonly resolvConf: string;
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  /** At most one of IPv4 and one of IPv6. */
  readonly hostGateways: readonly string[];
}

/** What a container gets when its request does not say. */
export interface ContainerDefaults {
  readonly cgroupParent: string;
  readonly shmBytes: number;
  readonly logDriver: string;
  readonly logOptions: Readonly<Record<string, string>>;
  readonly init: boolean;
  readonly ulimits: readonly Ulimit[];
  readonly ipcMode: 'private' | 'shareable';
  /** Absent: as the host's cgroup version asks for. */
  readonly cgroupnsMode: 'private' | 'host' | undefined;
  readonly stopTimeoutSeconds: number;
  readonly execKillOnDisconnect: boolean;
  readonly restartUnhealthy: boolean;
  /** As `--security-opt` takes them; what the request says comes after. */
  readonly securityOptions: readonly string[];
}
