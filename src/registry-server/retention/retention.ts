import { errorMessage, type Log } from '#base';
import type { ProjectRecords } from '../accounts/project-records.ts';
import type { Registry } from '../registry/registry.ts';
import { forgetTag } from './forget.ts';
import { selectExpired } from './rules.ts';

/** A tag that has to go. */
export interface ExpiredTag {
  readonly repository: string;
  readonly tag: string;
}

/** Lets go of tags by the rules of their projects. */
export class Retention {
  readonly #registry: Registry;
  readonly #projects: ProjectRecords;
  readonly #log: Log;

  constructor(registry: Registry, projects: ProjectRecords, log: Log) {
    this.#registry = registry;
    this.#projects = projects;
    this.#log = log;
  }

  /** What the rules of a project say now. */
  listExpired(project: string, nowMs = Date.now()): ExpiredTag[] {
    const rules = this.#projects.find(project)?.retention ?? [];
    if (rules.length === 0) return [];
    return this.#registry.listRepositoriesOf(project).flatMap((repository) => {
      const tags = this.#registry.listTags(repository);
      const expired = selectExpired(rules, repository.slice(project.length + 1), tags, nowMs);
      return expired.map(({ name }) => ({ repository, tag: name }));
    });
  }

  /** Removes what listExpired() tells. @returns what went */
  async apply(project: string, nowMs = Date.now()): Promise<ExpiredTag[]> {
    const gone: ExpiredTag[] = [];
    for (const expired of this.listExpired(project, nowMs)) {
      const { repository, tag } = expired;
      const setMs = this.#registry.manifests.taggedMs(repository, tag);
      // While others were removed it has gone, or was set anew and is not old any more.
      if (setMs === 0 || setMs > nowMs) continue;
      await forgetTag(this.#registry, repository, tag);
      gone.push(expired);
    }
    if (gone.length > 0) this.#log.info('tags removed by retention rules', { project, tags: gone.length });
    return gone;
  }

  /** The same for all projects. A project that fails is told to the log and does not hold up the others. */
  async applyAll(nowMs = Date.now()): Promise<void> {
    for (const { name } of this.#projects.list()) {
      await this.apply(name, nowMs).catch((error: unknown) => {
        this.#log.error(`retention rules failed: ${errorMessage(error)}`, { project: name });
      });
    }
  }
}
