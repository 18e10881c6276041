import type { AnyDigest } from '#base';
import { projectOf } from '../names.ts';
import type { Records } from '../records/records.ts';
import type { UploadRecord } from '../records/upload-records.ts';
import { Refusal } from '../refusal.ts';
import type { SizeLimit, Upload } from '../uploads/upload.ts';
import type { Uploads } from '../uploads/uploads.ts';

/** How many bytes a project may have; undefined: as many as there is room for. */
export type QuotaPolicy = (project: string) => number | undefined;

/** An upload that rests for so long gives way to another one. */
const restingMs = 60_000;

/** Holds projects to their quotas. What two repositories of a project share counts once. */
export class Quotas {
  readonly #records: Records;
  readonly #uploads: Uploads;
  readonly #policy: QuotaPolicy;

  constructor(records: Records, uploads: Uploads, policy: QuotaPolicy) {
    this.#records = records;
    this.#uploads = uploads;
    this.#policy = policy;
  }

  /**
   * Bounds an upload by what its project has left, where all that is being uploaded there counts.
   * @param digest what it will have, if that is known: what the project has already takes no room
   */
  limitOf({ id, repository }: Upload, digest: AnyDigest | undefined): SizeLimit {
    const project = projectOf(repository);
    const limit = this.#policy(project);
    const { repositories } = this.#records;
    const isThere = digest !== undefined && repositories.projectHas(project, digest);
    const left = limit === undefined ? Infinity : limit - (isThere ? 0 : repositories.usedBy(project));
    const isOther = (upload: UploadRecord) => upload.id !== id && projectOf(upload.repository) === project;
    const fits = (bytes: number) => this.#uploads.pendingOf(project) + bytes <= left;
    return {
      refusal: refusalOf(project),
      admits: async (bytes) => {
        if (fits(bytes)) return true;
        await this.#uploads.expire(Date.now() - restingMs, isOther);
        return fits(bytes);
      },
    };
  }

  /** @throws Refusal DENIED, when a blob or manifest is new to the project and does not fit any more */
  check(repository: string, digest: AnyDigest, size: number): void {
    const project = projectOf(repository);
    const limit = this.#policy(project);
    if (limit === undefined || this.#records.repositories.projectHas(project, digest)) return;
    if (this.#records.repositories.usedBy(project) + size <= limit) return;
    throw new Refusal('DENIED', refusalOf(project));
  }
}

function refusalOf(project: string): string {
  return `quota of project ${project} exceeded`;
}
