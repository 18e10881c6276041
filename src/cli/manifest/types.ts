import type { OciPlatform } from '#api';
import type { Digest } from '#base';

/** A manifest that a list names, with the platform that is said of it. */
export interface ManifestDescriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** In bytes. */
  readonly size: number;
  readonly platform?: OciPlatform;
}

/** A manifest with its name, as the stock client prints and stores it. */
export interface NamedManifest {
  /** The reference in full. */
  readonly Ref: string;
  readonly Descriptor: ManifestDescriptor;
  /** The document's bytes in base64. */
  readonly Raw?: string;
  /** The document of Docker's media type, or that of OCI's. */
  readonly SchemaV2Manifest?: unknown;
  readonly OCIManifest?: unknown;
}
