import type { Descriptor } from '#oci';

/** One image of an archive: paths of its members, and what else the archive says of it. */
export interface ArchivedImage {
  readonly configPath: string;
  /** Bottom to top. */
  readonly layerPaths: readonly string[];
  /** As their writer spelled them. */
  readonly tags: readonly string[];
  /** Only in an OCI layout. */
  readonly manifest?: ArchivedManifest;
}

export interface ArchivedManifest {
  /** What the layout's index names: the image's manifest, or an index that leads to it. */
  readonly target: Descriptor;
  /** Paths of the documents to keep with the image: target, manifest, attestations. */
  readonly documentPaths: readonly string[];
  /** Bottom to top. */
  readonly layers: readonly Descriptor[];
}
