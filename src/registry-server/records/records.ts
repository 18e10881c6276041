import type { Metadata } from '#store/metadata';
import { BlobRecords } from './blob-records.ts';
import { ManifestRecords } from './manifest-records.ts';
import { RepositoryRecords } from './repository-records.ts';
import { prepareTables } from './schema.ts';
import { TagRecords } from './tag-records.ts';
import { UploadRecords } from './upload-records.ts';

/** All that the registry knows beside the bytes themselves. Calls are synchronous: what is read holds until an await. */
export interface Records {
  readonly blobs: BlobRecords;
  readonly manifests: ManifestRecords;
  readonly repositories: RepositoryRecords;
  readonly tags: TagRecords;
  readonly uploads: UploadRecords;
  /** Keeps all that `work` writes, or nothing when it throws. Must not be nested. */
  transaction<T>(work: () => T): T;
}

/** @throws EngineError corrupt, for tables of a newer Wharf */
export function openRecords(metadata: Metadata): Records {
  prepareTables(metadata);
  return {
    blobs: new BlobRecords(metadata),
    manifests: new ManifestRecords(metadata),
    repositories: new RepositoryRecords(metadata),
    tags: new TagRecords(metadata),
    uploads: new UploadRecords(metadata),
    transaction: (work) => metadata.transaction(work),
  };
}
