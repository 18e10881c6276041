import type { DiffId, Digest } from '#base';
import type { RootMount, TarMembers } from '#oci';

/** A layer that is here: its uncompressed tar, named by its diffID, and the index that makes it mountable. */
export interface LayerRecord {
  readonly diffId: DiffId;
  /** Sum of the lengths of its files: what the layer adds to an image's size. */
  readonly sizeBytes: number;
  /** Length of its tar. */
  readonly tarBytes: number;
}

/** What is known of a layer before its bytes come; all that is given is verified. */
export interface ExpectedLayer {
  readonly diffId?: DiffId;
  /** Digest of the bytes as they come, that is compressed. */
  readonly digest?: Digest;
  /** Exact length of the bytes as they come. */
  readonly wireBytes?: number;
  /** The layer takes the place of the files of one with the same diffID, which are damaged. */
  readonly replaces?: boolean;
}

/** What a check finds of a layer. An index can be made anew from its tar; a tar that is damaged has to come again. */
export type LayerCondition = 'sound' | 'missing' | 'damaged' | 'index damaged' | 'index made anew';

/** One layer on its way in. Disposing it before `finish` resolved leaves nothing behind, afterwards lets it go. */
export interface LayerIngest extends AsyncDisposable {
  /** Takes a copy of the next bytes, compressed or not; resolves when more are welcome. */
  write(chunk: Uint8Array): Promise<void>;
  /** Where the next bytes can be put without a copy, once there is room; it is not empty. */
  room(): Promise<Uint8Array>;
  /** Takes what was put at the front of the room. @throws EngineError corrupt, when more comes than was announced */
  filled(length: number): void;
  /**
   * Ends the stream, verifies it and keeps the layer; it is held until the ingest is disposed of.
   * @throws EngineError corrupt (wrong digest, truncated, not a tar) or invalid (a tar that climbs out)
   */
  finish(): Promise<LayerRecord>;
}

/** One difference between two trees. Files below a deleted directory have none of their own. */
export interface TreeChange {
  readonly path: string;
  readonly kind: 'added' | 'modified' | 'deleted';
  /** By how many bytes files are longer; negative when they are shorter or gone. */
  readonly sizeChange: number;
}

/** The layers of a data root. */
export interface Layers {
  get(diffId: DiffId): LayerRecord | undefined;
  /** Starts to take in a layer. */
  ingest(expected: ExpectedLayer, signal: AbortSignal): Promise<LayerIngest>;
  /** Keeps layers from `collect` until the hold is disposed, whether or not they are here yet. */
  hold(diffIds: readonly DiffId[]): Disposable;
  /** Records that `owner` needs these layers; replaces what it needed before. Runs inside a caller's transaction. */
  use(owner: string, diffIds: readonly DiffId[]): void;
  /** Records that `owner` needs no layer any more. Runs inside a caller's transaction. */
  release(owner: string): void;
  /** Who has said that it needs a layer. */
  owners(diffId: DiffId): string[];
  /** Removes the layers that nobody uses or holds; answers which they were. Their files go a little later. */
  collect(): Promise<DiffId[]>;
  /**
   * Reads a layer whole, in a thread of its own; makes its index anew when that is damaged and `repair` is set. The
   * caller holds the layer.
   */
  check(diffId: DiffId, repair: boolean): Promise<LayerCondition>;
  /**
   * How what a container would see of one stack of layers differs from another, both bottom to top; found from the
   * indexes, without mounting. The caller holds the layers. @throws EngineError notFound, for one that is not here
   */
  compare(before: readonly DiffId[], after: readonly DiffId[], signal: AbortSignal): Promise<TreeChange[]>;
  /**
   * What a container would see of a stack of layers, from bottom to top, as the members of one archive: hard links are
   * kept, nothing hidden is in it, and it is always the same. The caller holds the layers.
   * @throws EngineError notFound, for one that is not here
   */
  flatten(stack: readonly DiffId[], signal: AbortSignal): TarMembers;
  /** What all layers take on disk. */
  diskBytes(): Promise<number>;
  /** The layer's tar, for reading. */
  tarPath(diffId: DiffId): string;
}

/** A directory tree that the daemon may work in until it is disposed. */
export interface SnapshotRoot extends AsyncDisposable {
  readonly path: string;
}

/** What of a snapshot is looked at: the layers below it, or all that a container sees. */
export type SnapshotPart = 'layers' | 'all';

/** How a snapshot is mounted; to be disposed of when it is. */
export interface RootMounts extends Disposable {
  readonly mounts: readonly RootMount[];
}

export interface SnapshotLimit {
  readonly sizeBytes: number;
}

/** Writable file systems over stacks of layers, by key (a container's ID). */
export interface Snapshots {
  /** `erofs` mounts the layers where they are; `unpack` extracts them first. */
  readonly driver: 'erofs' | 'unpack';
  /** What `docker info` shows of the driver. */
  readonly driverStatus: readonly (readonly [name: string, value: string])[];
  /**
   * Makes a new writable snapshot over layers from bottom to top; its changes may take a size at most.
   * @throws EngineError conflict, notFound; notImplemented, when this host cannot keep to a size
   */
  prepare(key: string, layers: readonly DiffId[], limit?: SnapshotLimit): Promise<void>;
  /** Makes sure that the layers are there to be stacked, and says how to mount the snapshot. @throws EngineError */
  rootMounts(key: string): Promise<RootMounts>;
  /** Mounts the snapshot for the daemon alone; only while no container runs on it. */
  open(key: string): Promise<SnapshotRoot>;
  /** Shows the snapshot, or its layers alone, to the daemon, read-only; also while a container runs on it. */
  view(key: string, part: SnapshotPart): Promise<SnapshotRoot>;
  /** Where the snapshot's own changes are, in overlayfs form. */
  upperDir(key: string): string;
  /** What the snapshot holds by itself. */
  usage(key: string): Promise<{ readonly bytes: number }>;
  /** Forgets the snapshot and its changes; one that is not there is no error. */
  remove(key: string): Promise<void>;
  /** Removes every snapshot whose key is not live, and what earlier daemons left half done. */
  reconcile(liveKeys: ReadonlySet<string>): Promise<void>;
  /** Lets go of what this process holds. Layer mounts stay for running containers, but when told that there are none. */
  close(options?: { readonly unmount: boolean }): Promise<void>;
}
