import type { AnyDigest } from '#base';
import { projectOf } from '../names.ts';
import type { Records } from '../records/records.ts';
import { Refusal } from '../refusal.ts';
import type { SizeLimit } from '../uploads/upload.ts';

/** How many bytes a project may have; undefined: as many as there is room for. */
export type QuotaPolicy = (project: string) => number | undefined;

/** Holds projects to their quotas. What two repositories of a project share counts once. */
export class Quotas {
  readonly #records: Records;
  readonly #policy: QuotaPolicy;

  constructor(records: Records, policy: QuotaPolicy) {
    this.#records = records;
    this.#policy = policy;
  }

  /** The largest blob that a repository may ever have; whether it fits is known when its digest is. */
  largest(repository: string): SizeLimit {
    const project = projectOf(repository);
    return { bytes: this.#policy(project) ?? Infinity, refusal: refusalOf(project) };
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
