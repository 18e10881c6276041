import type { CompressionFormat } from '#store/content';
import type { PathStat } from '#tree';
import type { VolumeRecord } from '../types.ts';

export interface ExportOptions {
  /** Absent: the tar as it is. */
  readonly compression?: CompressionFormat | undefined;
}

export interface ImportOptions {
  /** What the volume holds is replaced; without it a volume that holds something is refused. */
  readonly force: boolean;
}

export interface CloneOptions {
  /** Name of the new volume. */
  readonly name: string;
  readonly driver?: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Absent: those of the volume that is cloned. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** The content of a volume as it was at one moment. It outlives its volume. */
export interface VolumeSnapshot {
  /** 12 hex digits. */
  readonly id: string;
  readonly volume: string;
  /** Unique within its volume. */
  readonly name: string;
  readonly createdNs: bigint;
}

export interface PathReading {
  readonly stat: PathStat;
  readonly tar: AsyncIterable<Uint8Array>;
}

export interface WritePathOptions {
  /** Refuses to put a directory where another file is, or the other way round. */
  readonly noOverwriteDirNonDir: boolean;
}

/**
 * Whole contents of volumes: into an archive and back, into another volume, into a snapshot and back. What replaces a
 * content is put together beside it and takes its place at once: it is there as a whole or not at all, also when the
 * daemon is killed. Nobody's content is replaced while a container that mounts it runs.
 */
export interface VolumeArchives {
  /** Finishes or undoes what an earlier daemon was killed in; before containers are started. */
  reconcile(): Promise<void>;
  /**
   * A tar of all that the volume holds, with holes, hard links, devices, attributes and access lists; running
   * containers may write meanwhile. The volume is held from the first piece until the last one is taken or the
   * iteration is given up.
   * @throws EngineError notFound
   */
  export(name: string, options: ExportOptions, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  /**
   * Fills a volume from a tar, compressed or not; one that is not there is made.
   * @throws EngineError invalid (archive), conflict: the volume holds something and force is not given, or is in use
   */
  import(name: string, tar: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<VolumeRecord>;
  /**
   * Copies a volume into a new one, or into one that is empty; files share their blocks where the file system can.
   * @throws EngineError notFound, conflict
   */
  clone(name: string, options: CloneOptions, signal: AbortSignal): Promise<VolumeRecord>;
  /**
   * Keeps what a volume holds now; running containers may write meanwhile. What has not changed since the volume's
   * snapshot before takes no room. @param name empty: made of the time
   * @throws EngineError notFound, invalid, conflict (name taken)
   */
  snapshot(volume: string, name: string, signal: AbortSignal): Promise<VolumeSnapshot>;
  /** Newest first; of all volumes without a name. */
  snapshots(volume?: string): VolumeSnapshot[];
  /** By id or `VOLUME@NAME`. @throws EngineError notFound */
  removeSnapshot(ref: string): Promise<void>;
  /**
   * Fills a volume, which is made when it is not there, with what a snapshot holds: one of its own by name, any by id
   * or `VOLUME@NAME`.
   * @throws EngineError notFound, conflict as import()
   */
  restore(volume: string, snapshot: string, options: ImportOptions): Promise<VolumeRecord>;
  /** Bytes that all snapshots take on disk, each file once. */
  snapshotUsage(): Promise<number>;
  /** What a path in a volume is; a link at its end is not followed. @throws EngineError notFound */
  statPath(volume: string, path: string): Promise<PathStat>;
  /** A tar of a path, its entries named from its last element on; to be iterated over. @throws EngineError notFound */
  readPath(volume: string, path: string, signal: AbortSignal): Promise<PathReading>;
  /** Unpacks a tar, compressed or not, into a directory of a volume. @throws EngineError notFound, invalid */
  writePath(
    volume: string,
    path: string,
    tar: AsyncIterable<Uint8Array>,
    options: WritePathOptions,
  ): Promise<void>;
}
