import type { Digest } from '#base';
import type { ImageConfigFile, TarMembers } from '#oci';
import type { RegistryAuth } from '#registry';
import type { CachedStep, CachePrune } from './cache/prune-cache.ts';
import type { LocalVertex, PlannedStep, Vertex } from './graph/types.ts';
import type { PlanOptions } from './plan/types.ts';
import type { BuildSources, OnBuildEvent, SourceTree } from './solve/types.ts';

/** One build as a client asks for it. */
export interface BuildRequest {
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
  readonly options: Omit<PlanOptions, 'buildPlatform'>;
  /** Whether base images are asked for at their registries though they are here. */
  readonly pull: boolean;
  /** The credentials for an image's registry. */
  readonly authOf: (reference: string) => Promise<RegistryAuth | undefined>;
  /** What the client gives. */
  readonly sources: Pick<BuildSources, 'secret'> & {
    tree(vertex: LocalVertex, signal: AbortSignal): Promise<SourceTree>;
  };
  /** Of all commands, as fields of Docker's HostConfig. */
  readonly hostConfig: Readonly<Record<string, unknown>>;
  /** Seconds since 1970 that everything is dated by. */
  readonly epochSeconds: number | undefined;
  readonly onEvent: OnBuildEvent;
  /** Called when it is known what there is to do, before anything is done. */
  readonly onPlanned: (steps: readonly PlannedStep[], digestOf: (vertex: Vertex) => Digest) => void;
}

/** An image whose layers are here, and stay at least until it is disposed of. */
export interface BuiltImage extends AsyncDisposable {
  readonly config: ImageConfigFile;
  /** Its files as the members of one archive, always the same. */
  files(signal: AbortSignal): TarMembers;
  /** Its files as a directory of this process. */
  openRoot(): Promise<SourceTree>;
}

/** Builds images. Disposing waits for nothing: builds end with their signals. */
export interface Builder {
  /**
   * Builds; the layers are in the cache also when it fails on the way.
   * @throws DockerfileError, StepFailure, EngineError; the signal's reason
   */
  build(request: BuildRequest, signal: AbortSignal): Promise<BuiltImage>;
  /** Keeps a built image, with names as users write them. @returns its ID. @throws EngineError invalid */
  keep(image: BuiltImage, names: readonly string[]): Promise<Digest>;
  /**
   * Takes in a context that comes as a tar, compressed or not, without unpacking it.
   * @throws EngineError invalid, for what is no tar
   */
  openContext(tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<SourceTree>;
  /**
   * A context that an address leads to: a git repository, an archive, or a Dockerfile alone.
   * @throws EngineError invalid, for what is no such address; unavailable, when it can't be had
   */
  openRemoteContext(address: string, signal: AbortSignal): Promise<SourceTree>;
  /** The steps that are kept for later builds, least recently used first. */
  cachedSteps(): readonly CachedStep[];
  /** @returns the steps that are forgotten, and what that has freed. @throws EngineError invalid */
  pruneCache(
    prune: CachePrune,
  ): Promise<{ readonly removed: readonly CachedStep[]; readonly reclaimedBytes: number }>;
}
