import type { Metadata } from '#store/metadata';
import { projectOf } from '../names.ts';
import type { Page } from './page.ts';

/** The repositories that there are. */
export class RepositoryRecords {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  /** Makes a repository known. */
  ensure(name: string, nowMs: number): void {
    this.#metadata.run(
      'INSERT INTO repository (name, project, created_ms) VALUES (?, ?, ?) ON CONFLICT (name) DO NOTHING',
      name,
      projectOf(name),
      nowMs,
    );
  }

  has(name: string): boolean {
    return this.#metadata.get('SELECT 1 FROM repository WHERE name = ?', name) !== undefined;
  }

  /** Names of repositories with manifests, in order. */
  list({ after, limit }: Page): string[] {
    return this.#metadata
      .all(
        `SELECT name FROM repository
         WHERE name > ? AND EXISTS (SELECT 1 FROM manifest WHERE manifest.repository = repository.name)
         ORDER BY name LIMIT ?`,
        after,
        limit,
      )
      .map((row) => String(row.name));
  }

  /** The same of one project. */
  listOf(project: string): string[] {
    return this.#metadata
      .all(
        `SELECT name FROM repository
         WHERE project = ? AND EXISTS (SELECT 1 FROM manifest WHERE manifest.repository = repository.name)
         ORDER BY name`,
        project,
      )
      .map((row) => String(row.name));
  }

  /** Names of the projects, in order. */
  listProjects(): string[] {
    return this.#metadata
      .all('SELECT DISTINCT project FROM repository ORDER BY project')
      .map((row) => String(row.project));
  }

  /** Bytes of all different blobs and manifests of a project's repositories. */
  usedBy(project: string): number {
    const row = this.#metadata.get(
      `SELECT coalesce(sum(size), 0) AS bytes FROM blob WHERE digest IN (
         SELECT digest FROM repository_blob JOIN repository ON name = repository WHERE project = ?1
         UNION SELECT digest FROM manifest JOIN repository ON name = repository WHERE project = ?1)`,
      project,
    );
    return Number(row?.bytes);
  }

  /** Whether a repository of the project has the blob or manifest already. */
  projectHas(project: string, digest: string): boolean {
    const row = this.#metadata.get(
      `SELECT 1 FROM repository WHERE project = ?1 AND (
         EXISTS (SELECT 1 FROM repository_blob WHERE repository = name AND digest = ?2)
         OR EXISTS (SELECT 1 FROM manifest WHERE repository = name AND digest = ?2)) LIMIT 1`,
      project,
      digest,
    );
    return row !== undefined;
  }

  /** Forgets a repository and all that it has. */
  delete(name: string): void {
    this.#metadata.run('DELETE FROM repository WHERE name = ?', name);
  }

  /** Forgets repositories that have neither manifests nor blobs. */
  deleteEmpty(): void {
    this.#metadata.run(
      `DELETE FROM repository
       WHERE NOT EXISTS (SELECT 1 FROM manifest WHERE manifest.repository = repository.name)
         AND NOT EXISTS (SELECT 1 FROM repository_blob WHERE repository_blob.repository = repository.name)`,
    );
  }
}
