import type { Digest } from '#base';
import type { Descriptor, ImageConfigFile } from '#oci';
import type { TreeChange } from '#store/snapshots';
import type { ManifestView } from './manifest-views.ts';

/** One image of a list. */
export interface ImageSummaryView {
  readonly id: Digest;
  /** Familiar `name:tag`; empty for a dangling image. */
  readonly tags: readonly string[];
  /** Familiar `name@digest`. */
  readonly repoDigests: readonly string[];
  readonly createdNs: bigint;
  readonly sizeBytes: number;
  /** How much of the size other images have too; undefined when it was not asked for. */
  readonly sharedBytes: number | undefined;
  readonly labels: Readonly<Record<string, string>> | undefined;
  /** How many containers were made from it. */
  readonly containers: number;
  /** When it was last brought here, or given up by a container; since 1970. */
  readonly lastUsedMs: number;
  /** What its names point at; for one without names, what it came as. */
  readonly target: Descriptor;
  /** The manifests that the target leads to; undefined when they were not asked for. */
  readonly manifests: readonly ManifestSummary[] | undefined;
}

/** One manifest of an index, with what of it is here. */
export interface ManifestSummary extends ManifestView {
  /** Sum of the files of the image's layers; 0 when it is not here. */
  readonly unpackedBytes: number;
  /** IDs of the containers that were made from the image. */
  readonly containers: readonly string[];
}

/** Everything about one image. */
export interface ImageView {
  readonly id: Digest;
  readonly tags: readonly string[];
  readonly repoDigests: readonly string[];
  readonly createdNs: bigint;
  readonly lastTaggedNs: bigint;
  /** When it was last brought here, or given up by a container; since 1970. */
  readonly lastUsedMs: number;
  readonly sizeBytes: number;
  readonly config: ImageConfigFile;
  /** Name of the snapshot driver that holds its layers. */
  readonly driver: string;
  /** What the name that it was asked for by points at; by ID, what any of its names does, or what it came as. */
  readonly target: Descriptor;
  /** The manifests that the target leads to; undefined when they were not asked for. */
  readonly manifests: readonly ManifestSummary[] | undefined;
}

export interface ImageHistoryItem {
  /** Undefined for steps that no local image ends with (shown as `<missing>`). */
  readonly id: Digest | undefined;
  readonly createdNs: bigint;
  readonly createdBy: string;
  readonly tags: readonly string[];
  readonly sizeBytes: number;
  readonly comment: string;
}

export type RemovedItem =
  | { readonly kind: 'untagged'; readonly reference: string }
  | { readonly kind: 'deleted'; readonly digest: Digest };

/** What a check of all images found. */
export interface CheckReport {
  /** How many were read. */
  readonly layers: number;
  readonly documents: number;
  readonly findings: readonly CheckFinding[];
}

/** One difference between what containers of two images would see. */
export type ImageChange = TreeChange;

/** Something that is not as it came. */
export interface CheckFinding {
  /** A config, manifest or index; a layer; a compressed form of a layer. */
  readonly kind: 'document' | 'layer' | 'form';
  readonly digest: Digest;
  readonly problem: 'missing' | 'damaged' | 'index damaged';
  /** Names, or IDs, of the images that need it. */
  readonly images: readonly string[];
  readonly repaired: boolean;
  /** Why it could not be repaired. */
  readonly reason?: string;
}
