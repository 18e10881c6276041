import type { Filter } from '#base';
import type { VolumeScope } from './drivers/types.ts';

export interface VolumeRecord {
  readonly name: string;
  /** Name of the driver that keeps its files. */
  readonly driver: string;
  readonly scope: VolumeScope;
  /** The directory that containers see; '' when its driver tells only while it is mounted. */
  readonly mountpoint: string;
  /** Undefined when its driver does not tell. */
  readonly createdNs: bigint | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  /** Made for one container because the request named none; goes with it. */
  readonly anonymous: boolean;
  /** Ids of the containers, running or not, that mount it. */
  readonly users: readonly string[];
  /** What its driver wants to be shown of it. */
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface CreateVolume {
  /** Absent: a new anonymous name of 64 hex digits. */
  readonly name?: string;
  /** Absent or '': that of the volume that has the name, else `local`. */
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  /** That the name was made up; without a name it is. */
  readonly anonymous?: boolean;
}

export interface VolumeList {
  readonly volumes: readonly VolumeRecord[];
  /** Drivers that could not be asked, and why. */
  readonly warnings: readonly string[];
}

/** Who uses volumes, as their keeper has to know them; a user that they do not know is settled and not active. */
export interface VolumeUsers {
  /** That the user may write to its volumes now, or is about to. */
  isActive(user: string): boolean;
  /** That it is not about to begin or end its use: nobody works with names of volumes that were read before. */
  isSettled(user: string): boolean;
  /** A volume that they may mount has another name, and is somewhere else. Idempotent. */
  volumeRenamed(name: string, newName: string, mountpoint: string): void;
}

export interface Volumes {
  /** First call: finishes creations and removals that an earlier daemon was killed in. */
  reconcile(): Promise<void>;
  /**
   * Makes the volume, or returns the one of that name.
   * @throws EngineError invalid (name, options), notFound (driver), conflict (another driver has the name)
   */
  create(request: CreateVolume): Promise<VolumeRecord>;
  /** Filter keys: dangling, driver, label, name. @throws EngineError invalid, for an unknown one */
  list(filter?: Filter): Promise<VolumeList>;
  /** @throws EngineError notFound */
  inspect(name: string): Promise<VolumeRecord>;
  /**
   * Forced, one that is not there is no error, and one whose driver fails is forgotten.
   * @throws EngineError notFound, conflict while a container uses it
   */
  remove(name: string, options?: { readonly force?: boolean }): Promise<void>;
  /**
   * Gives a volume of the local driver another name; who mounts it goes on, running or not, and an anonymous one
   * stays from then on.
   * @throws EngineError notFound, invalid (name, driver), conflict (name taken, work under way)
   */
  rename(name: string, newName: string): Promise<VolumeRecord>;
  /** Removes an anonymous volume that nobody uses; any other stays. Idempotent. */
  removeOrphan(name: string): Promise<void>;
  /**
   * Removes unused volumes of this host: anonymous ones, with `all` the named too; one that cannot be removed stays.
   * Filter keys: label, label!, all.
   */
  prune(filter?: Filter): Promise<{ readonly removed: string[]; readonly reclaimedBytes: number }>;
  /** Bytes that the volume's files take on disk; 0 when they are elsewhere. */
  usage(name: string): Promise<number>;
  /** Where a volume of that name is, or would be; '' when its driver has not told yet. */
  mountpoint(name: string): string;
  /** Notes that a container mounts the volume, which may be made later. Idempotent. */
  acquire(name: string, containerId: string): void;
  /** Forgets that a container mounts the volume. Idempotent. */
  releaseOne(name: string, containerId: string): void;
  /** Forgets all uses by a container. Idempotent. */
  release(containerId: string): void;
  /** Who has it mounted: nobody, where its files are in a folder of this host at all times. */
  mountUsers(name: string): string[];
  /** That somebody began to fill the volume, and did not come to the end. */
  isHalfFilled(name: string): boolean;
  /** Notes that the volume is being filled with what an image has, or is done; over restarts of the daemon too. */
  noteFilling(name: string, isFilling: boolean): void;
  /**
   * Brings the volume's files to a path of this host for a user (a running container's id, or whatever works on
   * them), and keeps them there until unmount(), over restarts of the daemon too. Idempotent.
   * @throws EngineError, in the driver's words
   */
  mount(name: string, user: string): Promise<string>;
  /** A user needs the volume's files no more. Idempotent; a driver that fails is logged. */
  unmount(name: string, user: string): Promise<void>;
  /** Unmounts for all users that are not among these: they ended while no daemon was there. */
  unmountOthers(users: ReadonlySet<string>): Promise<void>;
  /** Names of the drivers that can be asked for. */
  driverNames(): string[];
}
