import type { AnyDigest } from '#base';
import type { ManifestRecord } from '../records/manifest-records.ts';
import { everything, type Page } from '../records/page.ts';
import type { Records } from '../records/records.ts';
import type { TagRecord } from '../records/tag-records.ts';
import { Refusal } from '../refusal.ts';
import type { BlobStorage } from '../storage/types.ts';
import { Uploads } from '../uploads/uploads.ts';
import { Blobs } from './blobs.ts';
import { Manifests } from './manifests.ts';
import { type QuotaPolicy, Quotas } from './quotas.ts';
import { Shelf } from './shelf.ts';

export interface RegistryParts {
  readonly records: Records;
  readonly storage: BlobStorage;
  /** On the file system of a storage that takes files over by renaming them. */
  readonly uploadFolder: string;
  readonly quota: QuotaPolicy;
}

/** All repositories of a server: what every face of it reads and changes. It asks nobody for permission. */
export class Registry {
  readonly blobs: Blobs;
  readonly manifests: Manifests;
  readonly uploads: Uploads;
  readonly shelf: Shelf;
  readonly #records: Records;

  constructor({ records, storage, uploadFolder, quota }: RegistryParts) {
    this.#records = records;
    this.uploads = new Uploads(uploadFolder, records);
    const quotas = new Quotas(records, this.uploads, quota);
    this.shelf = new Shelf(storage, records);
    this.blobs = new Blobs(records, this.shelf, this.uploads, quotas);
    this.manifests = new Manifests(records, this.shelf, this.uploads, quotas);
  }

  listProjects(): string[] {
    return this.#records.repositories.listProjects();
  }

  /** Names of repositories that have manifests, in order. */
  listRepositories(page: Page = everything): string[] {
    return this.#records.repositories.list(page);
  }

  /** The same of one project. */
  listRepositoriesOf(project: string): string[] {
    return this.#records.repositories.listOf(project);
  }

  /** @throws Refusal NAME_UNKNOWN */
  listTags(repository: string, page: Page = everything): TagRecord[] {
    this.#checkKnown(repository);
    return this.#records.tags.list(repository, page);
  }

  /** @throws Refusal NAME_UNKNOWN */
  listManifests(repository: string, page: Page = everything): ManifestRecord[] {
    this.#checkKnown(repository);
    return this.#records.manifests.list(repository, page);
  }

  /** The manifests that say something about another one; of one artifact type, when it is given. */
  listReferrers(
    repository: string,
    subject: AnyDigest,
    artifactType?: string,
    page: Page = everything,
  ): ManifestRecord[] {
    return this.#records.manifests.listReferrers(repository, subject, artifactType, page);
  }

  /** Deletes a repository with its tags and manifests; bytes go with the next collection. @throws Refusal NAME_UNKNOWN */
  deleteRepository(repository: string): void {
    this.#checkKnown(repository);
    this.#records.repositories.delete(repository);
  }

  /** Bytes that count against a project's quota. */
  usedBy(project: string): number {
    return this.#records.repositories.usedBy(project);
  }

  /** Number and bytes of everything that is stored. */
  total(): { readonly count: number; readonly bytes: number } {
    return this.#records.blobs.total();
  }

  #checkKnown(repository: string): void {
    if (this.#records.repositories.has(repository)) return;
    const detail = { name: repository };
    throw new Refusal('NAME_UNKNOWN', 'repository name not known to registry', { detail });
  }
}
