import type { Filter } from '#base';

export interface VolumeRecord {
  readonly name: string;
  readonly driver: 'local';
  /** The directory that containers see. */
  readonly mountpoint: string;
  readonly createdNs: bigint;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  /** Made for one container because the request named none; goes with it. */
  readonly anonymous: boolean;
  /** Ids of the containers, running or not, that mount it. */
  readonly users: readonly string[];
}

export interface CreateVolume {
  /** Absent: a new anonymous name of 64 hex digits. */
  readonly name?: string;
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** That the name was made up; without a name it is. */
  readonly anonymous?: boolean;
}

export interface Volumes {
  /** First call: finishes removals that an earlier daemon was killed in. */
  reconcile(): Promise<void>;
  /**
   * Makes the volume, or returns the one of that name.
   * @throws EngineError invalid (name, options), notFound (driver)
   */
  create(request: CreateVolume): Promise<VolumeRecord>;
  /** Filter keys: dangling, driver, label, name. @throws EngineError invalid, for an unknown one */
  list(filter?: Filter): VolumeRecord[];
  /** @throws EngineError notFound */
  inspect(name: string): VolumeRecord;
  /** @throws EngineError notFound (not when forced), conflict while a container uses it */
  remove(name: string, options?: { readonly force?: boolean }): Promise<void>;
  /** Removes an anonymous volume that nobody uses; any other stays. Idempotent. */
  removeOrphan(name: string): Promise<void>;
  /** Removes unused volumes: anonymous ones, with `all` the named too. Filter keys: label, label!, all. */
  prune(filter?: Filter): Promise<{ readonly removed: string[]; readonly reclaimedBytes: number }>;
  /** Bytes that the volume's files take on disk. */
  usage(name: string): Promise<number>;
  /** Where a volume of that name is, or would be. */
  mountpoint(name: string): string;
  /** Notes that a container mounts the volume, which may be made later. Idempotent. */
  acquire(name: string, containerId: string): void;
  /** Forgets that a container mounts the volume. Idempotent. */
  releaseOne(name: string, containerId: string): void;
  /** Forgets all uses by a container. Idempotent. */
  release(containerId: string): void;
}
