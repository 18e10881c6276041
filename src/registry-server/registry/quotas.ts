import type { Digest } from '#base';
import { projectOf } from '../names.ts';
import type { Records } from '../records/records.ts';
import { Refusal } from '../refusal.ts';

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

  /** The bytes that may still come to a repository; Infinity without a quota. */
  left(repository: string): number {
    const project = projectOf(repository);
    const limit = this.#policy(project);
    return limit === undefined ? Infinity : limit - this.#records.repositories.usedBy(project);
  }

  /** @throws Refusal DENIED, when a blob or manifest is new to the project and does not fit any more */
  check(repository: string, digest: Digest, size: number): void {
    const left = this.left(repository);
    if (size <= left || this.#records.repositories.projectHas(projectOf(repository), digest)) return;
    throw quotaExceeded(repository);
  }
}

export function quotaExceeded(repository: string): Refusal {
  return new Refusal('DENIED', `quota of project ${projectOf(repository)} exceeded`);
}
