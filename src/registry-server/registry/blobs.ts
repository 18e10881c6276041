import { type AnyDigest, algorithmOf, EngineError } from '#base';
import { projectOf } from '../names.ts';
import type { Records } from '../records/records.ts';
import { Refusal } from '../refusal.ts';
import type { OpenBlob } from '../storage/types.ts';
import type { SizeLimit, Upload } from '../uploads/upload.ts';
import type { Uploads } from '../uploads/uploads.ts';
import type { Quotas } from './quotas.ts';
import type { Shelf } from './shelf.ts';

/** How exactly it is remembered when a blob was last asked for; far below any grace of the collector. */
const touchCoarseMs = 60_000;

/** The blobs of repositories. */
export class Blobs {
  readonly #records: Records;
  readonly #shelf: Shelf;
  readonly #uploads: Uploads;
  readonly #quotas: Quotas;

  constructor(records: Records, shelf: Shelf, uploads: Uploads, quotas: Quotas) {
    this.#records = records;
    this.#shelf = shelf;
    this.#uploads = uploads;
    this.#quotas = quotas;
  }

  /** The size of a repository's blob; who asks may push a manifest of it. @throws Refusal BLOB_UNKNOWN */
  stat(repository: string, digest: AnyDigest): number {
    const size = this.#sizeOf(repository, digest);
    this.#records.blobs.touch(repository, digest, Date.now(), touchCoarseMs);
    return size;
  }

  /** Opens a repository's blob. @throws Refusal BLOB_UNKNOWN; EngineError, when its bytes are lost or cut */
  async open(repository: string, digest: AnyDigest): Promise<OpenBlob> {
    const size = this.#sizeOf(repository, digest);
    const blob = await this.#shelf.open(digest);
    if (blob.size === size) return blob;
    blob[Symbol.dispose]();
    throw new EngineError('corrupt', `blob ${digest} has ${blob.size} bytes in the storage, not ${size}`);
  }

  /** The repositories that have a blob. */
  listOwners(digest: AnyDigest): string[] {
    return this.#records.blobs.listOwners(digest);
  }

  /** Makes another repository's blob belong to this one, too. @returns whether there is such a blob */
  mount(repository: string, from: string, digest: AnyDigest): boolean {
    const size = this.#records.blobs.sizeIn(from, digest);
    if (size === undefined) return false;
    this.#quotas.check(repository, digest, size);
    this.#records.transaction(() => this.#link(repository, digest));
    return true;
  }

  /**
   * Whether a repository has a blob; one that another repository of its project has, and that a manifest here is made
   * of, becomes its own by being asked for. What other projects have is no business of this one.
   */
  adoptPart(repository: string, digest: AnyDigest): boolean {
    const { blobs, repositories } = this.#records;
    if (blobs.sizeIn(repository, digest) !== undefined) return true;
    if (!blobs.isPart(repository, digest)) return false;
    if (!repositories.projectHas(projectOf(repository), digest)) return false;
    this.#records.transaction(() => this.#link(repository, digest));
    return true;
  }

  /** What bounds an upload, of which the digest may be known. */
  limitOf(upload: Upload, digest: AnyDigest | undefined): SizeLimit {
    return this.#quotas.limitOf(upload, digest);
  }

  /**
   * Makes a finished upload a blob of its repository; the upload ends either way.
   * @throws Refusal DIGEST_INVALID, DENIED for a full quota
   */
  async commit(upload: Upload, digest: AnyDigest): Promise<void> {
    try {
      if ((await upload.seal(algorithmOf(digest))) !== digest) {
        throw new Refusal('DIGEST_INVALID', 'provided digest did not match uploaded content', {
          detail: digest,
        });
      }
      const { path, repository, size } = upload;
      const check = () => this.#quotas.check(repository, digest, size);
      check();
      await this.#shelf.keep(path, digest, size, () => {
        // Others may have been kept while this one came to the storage.
        check();
        this.#link(repository, digest);
        this.#uploads.settle(upload);
      });
    } finally {
      await this.#uploads.end(upload);
    }
  }

  /** Takes a blob from a repository. @throws Refusal, when it is not there, or a manifest there is made of it */
  delete(repository: string, digest: AnyDigest): void {
    this.#sizeOf(repository, digest);
    if (this.#records.blobs.isPart(repository, digest)) {
      throw new Refusal('UNSUPPORTED', 'a manifest of the repository is made of the blob', {
        detail: digest,
      });
    }
    this.#records.blobs.unlink(repository, digest);
  }

  #sizeOf(repository: string, digest: AnyDigest): number {
    const size = this.#records.blobs.sizeIn(repository, digest);
    if (size === undefined) throw new Refusal('BLOB_UNKNOWN', 'blob unknown to registry', { detail: digest });
    return size;
  }

  #link(repository: string, digest: AnyDigest): void {
    const nowMs = Date.now();
    this.#records.repositories.ensure(repository, nowMs);
    this.#records.blobs.link(repository, digest, nowMs);
  }
}
