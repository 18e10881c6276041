import { EngineError } from '#base';
import { isRole, type ProjectChange, type RetentionRule, type Role } from '#registry-api';
import type { Metadata, SqlRow } from '#store/metadata';

export interface Project {
  readonly name: string;
  /** Whether everybody may pull. */
  readonly isPublic: boolean;
  /** Undefined: what the configuration says. */
  readonly quotaBytes: number | undefined;
  readonly retention: readonly RetentionRule[];
}

export interface Member {
  readonly user: string;
  readonly role: Role;
}

/** What was set for projects, and who is who in them. Repositories may be in projects for which nothing was set. */
export class ProjectRecords {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  find(name: string): Project | undefined {
    const row = this.#metadata.get('SELECT * FROM project WHERE name = ?', name);
    return row === undefined ? undefined : asProject(row);
  }

  list(): Project[] {
    return this.#metadata.all('SELECT * FROM project ORDER BY name').map(asProject);
  }

  /** @throws EngineError conflict, when it is there already */
  add({ name, isPublic, quotaBytes }: Omit<Project, 'retention'>): void {
    this.#metadata.transaction(() => {
      if (this.find(name) !== undefined)
        throw new EngineError('conflict', `project ${name} is there already`);
      this.#metadata.run(
        'INSERT INTO project (name, is_public, quota_bytes) VALUES (?, ?, ?)',
        name,
        isPublic ? 1 : 0,
        quotaBytes ?? null,
      );
    });
  }

  /** Changes what is told; null takes the quota away. */
  change(name: string, { isPublic, quotaBytes }: ProjectChange): void {
    this.#metadata.transaction(() => {
      if (isPublic !== undefined)
        this.#metadata.run('UPDATE project SET is_public = ? WHERE name = ?', isPublic ? 1 : 0, name);
      if (quotaBytes !== undefined)
        this.#metadata.run('UPDATE project SET quota_bytes = ? WHERE name = ?', quotaBytes, name);
    });
  }

  setRetention(name: string, rules: readonly RetentionRule[]): void {
    this.#metadata.run('UPDATE project SET retention = ? WHERE name = ?', JSON.stringify(rules), name);
  }

  /** Forgets a project with its members and robots. */
  remove(name: string): void {
    this.#metadata.transaction(() => {
      this.#metadata.run(
        'DELETE FROM account WHERE name IN (SELECT account FROM robot WHERE project = ?)',
        name,
      );
      this.#metadata.run('DELETE FROM project WHERE name = ?', name);
    });
  }

  listMembers(project: string): Member[] {
    return this.#metadata
      .all('SELECT account, role FROM member WHERE project = ? ORDER BY account', project)
      .flatMap(({ account, role }) => (isRole(role) ? [{ user: String(account), role }] : []));
  }

  roleOf(project: string, user: string): Role | undefined {
    const row = this.#metadata.get(
      'SELECT role FROM member WHERE project = ? AND account = ?',
      project,
      user,
    );
    return isRole(row?.role) ? row.role : undefined;
  }

  /** The project and the user must be there. */
  setRole(project: string, user: string, role: Role): void {
    this.#metadata.run(
      `INSERT INTO member (project, account, role) VALUES (?1, ?2, ?3)
       ON CONFLICT (project, account) DO UPDATE SET role = ?3`,
      project,
      user,
      role,
    );
  }

  removeMember(project: string, user: string): void {
    this.#metadata.run('DELETE FROM member WHERE project = ? AND account = ?', project, user);
  }
}

function asProject({ name, is_public, quota_bytes, retention }: SqlRow): Project {
  return {
    name: String(name),
    isPublic: is_public === 1,
    quotaBytes: quota_bytes === null ? undefined : Number(quota_bytes),
    retention: JSON.parse(String(retention)),
  };
}
