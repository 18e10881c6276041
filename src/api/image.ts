import type { ContainerConfig, HealthConfig } from './container-config.ts';

export interface OciPlatform {
  readonly architecture: string;
  readonly os: string;
  readonly 'os.version'?: string;
  readonly 'os.features'?: readonly string[];
  readonly variant?: string;
}

export interface OciDescriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly urls?: readonly string[];
  readonly annotations?: Readonly<Record<string, string>>;
  readonly data?: string;
  readonly platform?: OciPlatform;
  readonly artifactType?: string;
}

/** One manifest of what an image's name points at. */
export interface ImageManifestSummary {
  /** The manifest's digest. */
  readonly ID: string;
  readonly Descriptor: OciDescriptor;
  readonly Available: boolean;
  readonly Size: { readonly Total: number; readonly Content: number };
  readonly Kind: 'image' | 'attestation' | 'unknown';
  readonly ImageData?: {
    readonly Platform: OciPlatform;
    readonly Containers: readonly string[];
    readonly Size: { readonly Unpacked: number };
  };
  readonly AttestationData?: { readonly For: string };
}

export interface DriverData {
  readonly Name: string;
  readonly Data: Readonly<Record<string, string>> | null;
}

export interface ImageSummary {
  readonly Id: string;
  readonly ParentId: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  /** Unix seconds. */
  readonly Created: number;
  readonly Size: number;
  /** -1 when not computed. */
  readonly SharedSize: number;
  /** Below API 1.44; the same as Size. */
  readonly VirtualSize?: number;
  readonly Labels: Readonly<Record<string, string>> | null;
  /** -1 when not computed, which is always so below API 1.51. */
  readonly Containers: number;
  /** Ours: Unix seconds of when it was last brought here, or given up by a container. */
  readonly LastUsed: number;
  /** Since API 1.48. */
  readonly Descriptor?: OciDescriptor;
  /** Since API 1.47, when they were asked for. */
  readonly Manifests?: readonly ImageManifestSummary[];
}

/** An image's part of a container's configuration. */
export interface ImageConfig {
  readonly User: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Env: readonly string[] | null;
  readonly Cmd: readonly string[] | null;
  readonly Healthcheck?: HealthConfig;
  readonly ArgsEscaped?: boolean;
  readonly Volumes: Readonly<Record<string, object>> | null;
  readonly WorkingDir: string;
  readonly Entrypoint: readonly string[] | null;
  readonly OnBuild: readonly string[] | null;
  readonly Labels: Readonly<Record<string, string>> | null;
  readonly StopSignal?: string;
  readonly Shell?: readonly string[];
}

export interface ImageInspect {
  readonly Id: string;
  readonly RepoTags: readonly string[];
  readonly RepoDigests: readonly string[];
  readonly Parent?: string;
  readonly Comment: string;
  readonly Created: string;
  readonly Container?: string;
  readonly ContainerConfig?: ContainerConfig;
  readonly DockerVersion?: string;
  readonly Author: string;
  readonly Config: Partial<ImageConfig>;
  readonly Architecture: string;
  readonly Variant?: string;
  readonly Os: string;
  readonly OsVersion?: string;
  readonly Size: number;
  readonly VirtualSize?: number;
  readonly GraphDriver: DriverData;
  readonly RootFS: { readonly Type: string; readonly Layers?: readonly string[] };
  readonly Metadata: {
    readonly LastTagTime: string;
    /** Ours: when it was last brought here, or given up by a container. */
    readonly LastUsedTime: string;
  };
  /** Since API 1.48. */
  readonly Descriptor?: OciDescriptor;
  /** Since API 1.48, when they were asked for. */
  readonly Manifests?: readonly ImageManifestSummary[];
}

export interface ImageHistoryItem {
  /** `<missing>` for layers that no local image ends with. */
  readonly Id: string;
  readonly Created: number;
  readonly CreatedBy: string;
  readonly Tags: readonly string[] | null;
  readonly Size: number;
  readonly Comment: string;
}

export interface ImagePruneResponse {
  readonly ImagesDeleted: readonly ImageDeleteItem[] | null;
  readonly SpaceReclaimed: number;
}

/** Ours: what `POST /images/check` tells last, as `aux`. */
export interface ImageCheckReport {
  /** How many were read. */
  readonly Layers: number;
  readonly Documents: number;
  readonly Findings: readonly ImageCheckFinding[];
}

export interface ImageCheckFinding {
  /** `document`: a config, manifest or index; `form`: a compressed form of a layer that is kept. */
  readonly Kind: 'document' | 'layer' | 'form';
  readonly Digest: string;
  readonly Problem: 'missing' | 'damaged' | 'index damaged';
  /** Names, or IDs, of the images that need it. */
  readonly Images: readonly string[];
  readonly Repaired: boolean;
  /** Why it could not be repaired. */
  readonly Reason?: string;
}

/** Ours: one difference that `GET /images/{name}/diff` tells. */
export interface ImageDifference {
  readonly Path: string;
  /** As a container's changes: 0 modified, 1 added, 2 deleted. */
  readonly Kind: 0 | 1 | 2;
  /** By how many bytes the file is longer; negative when it is shorter or gone. */
  readonly SizeChange: number;
}

export interface BuildPruneResponse {
  readonly CachesDeleted: readonly string[] | null;
  readonly SpaceReclaimed: number;
}

export interface ImageSearchResult {
  readonly star_count: number;
  readonly is_official: boolean;
  readonly name: string;
  /** Always false: the Hub builds nothing any more. */
  readonly is_automated: boolean;
  readonly description: string;
}

/** What a name means at its registry. */
export interface DistributionInspect {
  readonly Descriptor: OciDescriptor;
  /** Null for what is no image. */
  readonly Platforms: readonly OciPlatform[] | null;
}

/** Ours: what `GET /images/{name}/tags` answers. */
export interface ImageRemoteTags {
  readonly Name: string;
  readonly Tags: readonly string[];
}

export type ImageDeleteItem = { readonly Untagged: string } | { readonly Deleted: string };
