import type { ApiVersion, Operation } from '#api';
import type { Log } from '#base';
import type { Builder } from '#engine/builder';
import type { Containers } from '#engine/containers';
import type { Events } from '#engine/events';
import type { Images } from '#engine/images';
import type { Networks } from '#engine/networks';
import type { SecretKind, Secrets } from '#engine/secrets';
import type { VolumeArchives, Volumes } from '#engine/volumes';
import type { ProxySettings, RegistryAuth, RegistryLogin, RegistrySettings } from '#registry';
import type { BuildkitFace } from '#serve/buildkit';
import type { HttpRequest, HttpResponse } from '#serve/http';
import type { ModuleName } from './modules.ts';

/** What `version` and `info` tell about the engine and its host, beyond what the rooms count. */
export interface SystemFacts {
  /** Stays the same for the life of a data root. */
  readonly id: string;
  readonly hostName: string;
  readonly engineVersion: string;
  readonly gitCommit: string;
  /** RFC 3339. */
  readonly buildTime: string;
  /** `Bun 1.4.5` … */
  readonly runtimeVersion: string;
  readonly kernelVersion: string;
  /** `Debian GNU/Linux 12 (bookworm)`. */
  readonly operatingSystem: string;
  readonly osVersion: string;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly cgroupVersion: 1 | 2;
  /** What the host's cgroups can limit. */
  readonly limits: HostLimits;
  /** Descriptors that the daemon has open. */
  readonly openDescriptors: number;
  readonly logDrivers: readonly string[];
  /** Of containers that name none. */
  readonly logDriver: string;
  /** Controllers and features of the kernel that are missing, as sentences for `info`. */
  readonly warnings: readonly string[];
  readonly ipv4Forwarding: boolean;
  readonly dataRoot: string;
  readonly storageDriver: string;
  readonly storageStatus: readonly (readonly [string, string])[];
  readonly labels: readonly string[];
  readonly debug: boolean;
  /** The name that stands for the own runtime. */
  readonly defaultRuntime: string;
  readonly registryMirrors: readonly string[];
  /** What is set for single registries, by their domain. */
  readonly registries: Readonly<Record<string, RegistrySettings>>;
  readonly proxies: ProxySettings;
  /** Of the API, that requests may name. */
  readonly oldestVersion: ApiVersion;
  readonly disabledModules: readonly ModuleName[];
  /** Hosts and CIDRs. */
  readonly insecureRegistries: readonly string[];
}

export interface HostLimits {
  readonly memory: boolean;
  readonly swap: boolean;
  readonly cpu: boolean;
  readonly cpuset: boolean;
  readonly pids: boolean;
}

export interface System {
  /** Read anew for every `info`. */
  facts(): SystemFacts;
  /** What each entry of the data root takes on disk; the sum is what du(1) tells of it. */
  measureDataRoot(): Promise<readonly { readonly name: string; readonly diskBytes: number }[]>;
  /** Tries credentials at their registry. @throws EngineError unauthorized */
  logIn(server: string, auth: RegistryAuth, signal: AbortSignal): Promise<RegistryLogin>;
}

/** What the face is made over. */
export interface DockerApiParts {
  readonly builder: Builder;
  readonly buildkit: BuildkitFace;
  readonly containers: Containers;
  readonly images: Images;
  readonly networks: Networks;
  readonly volumes: Volumes;
  readonly volumeArchives: VolumeArchives;
  readonly secrets: Readonly<Record<SecretKind, Secrets>>;
  readonly events: Events;
  readonly system: System;
  readonly log: Log;
}

/** One request that found its route. */
export interface Call {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
  /** The pattern's names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly version: ApiVersion;
  readonly signal: AbortSignal;
}

export type Handler = (call: Call) => Promise<void>;
/** The handlers of one resource. */
export type Handlers<Name extends Operation> = Readonly<Record<Name, Handler>>;
