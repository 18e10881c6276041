import type { AnyDigest } from '#base';
import type { ManifestName } from '../names.ts';
import type { Page } from '../records/page.ts';
import type { Manifest } from '../registry/manifests.ts';
import type { Registry } from '../registry/registry.ts';
import type { OpenBlob } from '../storage/types.ts';

/** A blob that passes by while it comes from elsewhere. */
export interface PassingBlob {
  readonly size: number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Where what is pulled comes from: this registry itself, or one that it keeps copies of. */
export interface Source {
  /** Whether clients may push and delete there. */
  readonly writable: boolean;
  /** @throws Refusal NAME_UNKNOWN, MANIFEST_UNKNOWN */
  manifest(repository: string, name: ManifestName): Promise<Manifest>;
  /** @throws Refusal BLOB_UNKNOWN */
  blobSize(repository: string, digest: AnyDigest): Promise<number>;
  /** @throws Refusal BLOB_UNKNOWN */
  blob(repository: string, digest: AnyDigest, signal: AbortSignal): Promise<OpenBlob | PassingBlob>;
  /** @throws Refusal NAME_UNKNOWN */
  tagNames(repository: string, page: Page): Promise<readonly string[]>;
}

/** The registry itself. */
export function ownSource(registry: Registry): Source {
  return {
    writable: true,
    manifest: (repository, name) => registry.manifests.read(repository, name),
    blobSize: async (repository, digest) => registry.blobs.stat(repository, digest),
    blob: (repository, digest) => registry.blobs.open(repository, digest),
    tagNames: async (repository, page) => registry.listTags(repository, page).map(({ name }) => name),
  };
}
