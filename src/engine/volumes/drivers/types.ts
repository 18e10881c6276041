/** Whether a volume is of this host alone, or the same on every host that has the driver. */
export type VolumeScope = 'local' | 'global';

/** A volume as its driver is asked about it. */
export interface DriverRequest {
  readonly name: string;
  /** What the volume was made with: keys and values that only its driver understands. */
  readonly options: Readonly<Record<string, string>>;
}

/** What a driver knows of a volume. */
export interface DriverVolume {
  readonly name: string;
  /** Where its files are on this host; '' when that is known only while it is mounted. */
  readonly mountpoint: string;
  readonly createdNs?: bigint;
  /** What the driver wants to be shown of it. */
  readonly status?: Readonly<Record<string, unknown>>;
}

export interface MountUse {
  /** Who uses the files. */
  readonly user: string;
  /** That this user has not mounted the volume yet, as far as is known. */
  readonly isNew: boolean;
}

export interface UnmountUse {
  readonly user: string;
  /** That nobody else uses the files. */
  readonly isLast: boolean;
}

/**
 * Keeps the files of volumes somewhere, and brings them to a path of this host while somebody uses them. A driver is
 * asked by one caller at a time about one volume; who uses what the engine notes. Every call may fail with an
 * EngineError, whose message does not name the volume.
 */
export interface VolumeDriver {
  readonly name: string;
  readonly scope: VolumeScope;
  /** Makes the volume. One that is there already stays as it is. @throws EngineError invalid, for bad options */
  create(volume: DriverRequest): Promise<void>;
  /** Removes the volume and its files; what is gone already is no error. Nobody has it mounted. */
  remove(volume: DriverRequest): Promise<void>;
  /** Undefined when the driver has no such volume. */
  get(volume: DriverRequest): Promise<DriverVolume | undefined>;
  list(): Promise<readonly DriverVolume[]>;
  /** That its files are at its mountpoint at all times: mount() and unmount() need not be called. */
  isAlwaysThere(volume: DriverRequest): boolean;
  /**
   * Brings the files to a path, the same for all users. Idempotent for a user; what an earlier daemon mounted for
   * somebody who goes on using it stays.
   */
  mount(volume: DriverRequest, use: MountUse): Promise<string>;
  /**
   * A user needs the path no more; when it is the last, the path is given back. What is not mounted is no error where
   * the driver can tell.
   */
  unmount(volume: DriverRequest, use: UnmountUse): Promise<void>;
}
