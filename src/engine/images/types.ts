import type { ByteStream, DiffId, Digest, Filter } from '#base';
import type { Descriptor, ImageConfig, ImageConfigFile, Platform } from '#oci';
import type { FoundRepository, RegistryAuth } from '#registry';
import type { ImageArchive } from './save/save-images.ts';
import type {
  CheckReport,
  ImageChange,
  ImageHistoryItem,
  ImageSummaryView,
  ImageView,
  RemovedItem,
} from './views.ts';

/** An image that a container can be made of. */
export interface ResolvedImage {
  readonly id: Digest;
  /** What the image was asked for by, as the user wrote it. */
  readonly reference: string;
  readonly config: ImageConfigFile;
  /** Bottom to top. */
  readonly layers: readonly DiffId[];
}

export interface InspectOptions {
  /** Of a name for several platforms, the one that is meant; absent: this machine's. */
  readonly platform?: Platform;
  readonly manifests?: boolean;
}

/** Docker's filters of image lists; values of a key are or-ed, labels and-ed, keys and-ed. */
export type ImageFilters = Readonly<Record<string, readonly string[]>>;

export interface ListOptions {
  readonly filters?: ImageFilters;
  readonly sharedSize?: boolean;
  /** Also the images of further platforms that a name leads to, each in a row of its own. */
  readonly all?: boolean;
  readonly manifests?: boolean;
}

export interface PullRequest {
  /** As users write it; without tag and digest every tag is pulled. */
  readonly reference: string;
  readonly platform?: Platform;
  readonly auth?: RegistryAuth;
}

export interface PushRequest {
  /** As users write it, without a tag. */
  readonly repository: string;
  /** Absent: every tag of the repository. */
  readonly tag?: string;
  /** Of a name for several platforms only this one's image; absent: all, as far as they are to be got. */
  readonly platform?: Platform;
  readonly auth?: RegistryAuth;
}

/** States of one layer on its way, in Docker's words. */
export type LayerStatus =
  | 'Pulling fs layer'
  | 'Waiting'
  | 'Downloading'
  | 'Verifying Checksum'
  | 'Download complete'
  | 'Extracting'
  | 'Loading layer'
  | 'Pull complete'
  | 'Already exists'
  | 'Preparing'
  | 'Pushing'
  | 'Pushed'
  | 'Layer already exists'
  | `Mounted from ${string}`
  | `Retrying in ${string}`;

/** What a long image operation tells on its way. */
export type ImageProgress =
  | { readonly kind: 'pulling'; readonly repository: string; readonly tag: string }
  | {
      readonly kind: 'layer';
      /** Twelve hex digits. */
      readonly id: string;
      readonly status: LayerStatus;
      readonly current?: number;
      readonly total?: number;
    }
  | { readonly kind: 'digest'; readonly digest: Digest }
  /** A tag is at its registry now, and names this. */
  | { readonly kind: 'pushed'; readonly tag: string; readonly digest: Digest; readonly size: number }
  /** Of an index only one manifest could be pushed. */
  | { readonly kind: 'instead'; readonly index: Descriptor; readonly manifest: Descriptor }
  | { readonly kind: 'status'; readonly text: string }
  /** A line of a load's result, without line end. */
  | { readonly kind: 'loaded'; readonly text: string };

export type OnImageProgress = (progress: ImageProgress) => void;

export interface RemoveOptions {
  /** Also when stopped containers use it or several names have it. */
  readonly force: boolean;
  /** Only the images of these platforms that the name leads to; absent or empty: all. */
  readonly platforms?: readonly Platform[];
}

/** A new image: a layer, over those of another image. */
export interface CommitRequest {
  /** ID of the image below, if there is one. */
  readonly parent?: string;
  readonly config: ImageConfig;
  readonly author: string;
  readonly comment: string;
  readonly createdBy: string;
  /** As users write it; absent: the image gets no name. */
  readonly name?: string;
  /** Whether the new image has one layer, of all that a container of it would see. */
  readonly squash: boolean;
}

/** A new image of one layer. */
export interface ImportRequest {
  readonly config: ImageConfig;
  readonly comment: string;
  readonly name?: string;
  /** Absent: this machine's. */
  readonly platform?: Platform;
}

/** Which images stay, and when others go by themselves. */
export interface ImagePolicy {
  /** Patterns of names, as the filter `reference` takes them: such images are removed only by their own name or ID. */
  readonly keep: readonly string[];
  /** Absent: no image goes by itself. */
  readonly waterMarks?: WaterMarks;
}

/** From how full a disk on images go, and until when. */
export interface WaterMarks {
  readonly highPercent: number;
  readonly lowPercent: number;
  /** Images that were used more lately stay all the same. */
  readonly unusedForMs: number;
}

/** Of the file system of the data root. */
export interface DiskSpace {
  readonly usedBytes: number;
  readonly availableBytes: number;
}

export interface CheckOptions {
  /** Brings what is damaged or missing anew from where it came. */
  readonly repair: boolean;
  /** Told before each part is read. */
  readonly onProgress?: (progress: {
    readonly digest: Digest;
    readonly done: number;
    readonly total: number;
  }) => void;
}

export interface ImageSearch {
  /** Words, or `registry.example/words`. */
  readonly term: string;
  /** 1 to 100; 25 when absent or 0. */
  readonly limit?: number;
  /** Keys: is-official stars is-automated. */
  readonly filter?: Filter;
  readonly auth?: RegistryAuth;
}

/** What a name means at its registry. */
export interface RemoteImageView {
  readonly descriptor: Descriptor;
  /** Undefined for what is no image. */
  readonly platforms: readonly Platform[] | undefined;
}

/** A container that was made from an image. */
export interface ImageUser {
  readonly id: string;
  readonly running: boolean;
}

/** The local images and their names. Where an image is asked for, names, IDs, unique ID prefixes and digests do. */
export interface Images {
  /**
   * @throws EngineError notFound `No such image: X`; when a platform is given and the image is of another,
   * notFound too; invalid for an ambiguous prefix
   */
  resolve(nameOrId: string, platform?: Platform): ResolvedImage;
  /** Newest first. @throws EngineError invalid, for an unknown filter */
  list(options?: ListOptions): ImageSummaryView[];
  inspect(nameOrId: string, options?: InspectOptions): ImageView;
  /** The manifest that describes an image for its platform; undefined when the image is not here. */
  manifestOf(id: Digest): Descriptor | undefined;
  /** Newest step first. */
  history(nameOrId: string, platform?: Platform): ImageHistoryItem[];
  /** Brings an image from its registry and names it; keeps nothing when it fails. */
  pull(request: PullRequest, onProgress: OnImageProgress, signal: AbortSignal): Promise<void>;
  /** Looks for repositories at an index. @throws EngineError invalid, for a filter or limit that is none */
  search(request: ImageSearch, signal: AbortSignal): Promise<readonly FoundRepository[]>;
  /** What a name means at its registry now; `latest` without tag and digest. @throws EngineError with Docker's texts */
  describeRemote(name: string, auth: RegistryAuth | undefined, signal: AbortSignal): Promise<RemoteImageView>;
  /** The tags that a repository has at its registry, sorted. @throws EngineError with Docker's texts */
  listRemoteTags(
    repository: string,
    auth: RegistryAuth | undefined,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
  /**
   * Brings a tag, or every tag of a repository, to its registry: an image that was pulled by the manifest that it came
   * with (docs/decisions/0012).
   * @throws EngineError in the registry's words
   */
  push(request: PushRequest, onProgress: OnImageProgress, signal: AbortSignal): Promise<void>;
  /**
   * Takes in the images of a `docker save` archive or an OCI layout, compressed or not; without platforms, of every
   * platform that is in it. @throws EngineError invalid, notFound, corrupt
   */
  load(
    archive: ByteStream,
    platforms: readonly Platform[],
    onProgress: OnImageProgress,
    signal: AbortSignal,
  ): Promise<void>;
  /**
   * An archive that is both an OCI layout and what `docker save` writes; without platforms, of every platform that is
   * here. @throws EngineError notFound, invalid
   */
  save(namesOrIds: readonly string[], platforms: readonly Platform[]): ImageArchive;
  /** Gives an image a further name; a name that another image has moves. */
  tag(nameOrId: string, target: string): void;
  /** Takes a name away, and with the last one the image. @throws EngineError conflict, when it is in use */
  remove(nameOrId: string, options: RemoveOptions): Promise<RemovedItem[]>;
  /**
   * Removes unused images; without `dangling=false` only dangling ones. Filter keys: dangling label label! until
   * unused-for. Images with the label `wharf.keep=true` stay, and those that the policy keeps.
   */
  prune(filter?: Filter): Promise<{ readonly removed: RemovedItem[]; readonly reclaimedBytes: number }>;
  /**
   * Makes an image of a tar of changes in layer form; keeps nothing when it fails.
   * @returns its ID, and the name that it got, empty for none. @throws EngineError notFound, invalid
   */
  commit(
    request: CommitRequest,
    tar: AsyncIterable<Uint8Array>,
    signal: AbortSignal,
  ): Promise<{ readonly id: Digest; readonly reference: string }>;
  /** Keeps an image whose layers are here, held by the caller, and names it. @returns its ID. @throws EngineError invalid */
  register(image: { readonly config: ImageConfigFile; readonly names: readonly string[] }): Promise<Digest>;
  /** Makes an image of a tar of a whole root, compressed or not; keeps nothing when it fails. */
  import(request: ImportRequest, tar: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Digest>;
  /** How what a container of the second image would see differs from the first. @throws EngineError notFound */
  diff(before: string, after: string, signal: AbortSignal): Promise<ImageChange[]>;
  /** Reads all that images stand on and compares it with its digests. @throws EngineError conflict, while one runs */
  check(options: CheckOptions, signal: AbortSignal): Promise<CheckReport>;
  /**
   * Removes images when the disk is fuller than the policy's high mark, those that were unused longest first.
   * @throws EngineError conflict, while a prune runs
   */
  relieve(): Promise<RemovedItem[]>;
  /** Notes that a container that was made from an image is no more. */
  noteUse(id: Digest): void;
  /** What all layers, documents and kept forms take on disk, those that several images share once. */
  diskBytes(): Promise<number>;
  /** How many images there are. */
  count(): number;
  /** Removes what an earlier daemon left half done; before the first call of anything else. */
  reconcile(): Promise<void>;
}
