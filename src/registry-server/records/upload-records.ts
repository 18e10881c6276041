import type { Metadata } from '#store/metadata';

export interface UploadRecord {
  readonly id: string;
  readonly repository: string;
  readonly startedMs: number;
}

/** The uploads that have begun and not ended; they outlive the server. */
export class UploadRecords {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  add({ id, repository, startedMs }: UploadRecord): void {
    this.#metadata.run(
      'INSERT INTO upload (id, repository, started_ms) VALUES (?, ?, ?)',
      id,
      repository,
      startedMs,
    );
  }

  /** An upload of a repository. */
  find(repository: string, id: string): UploadRecord | undefined {
    const row = this.#metadata.get('SELECT * FROM upload WHERE id = ? AND repository = ?', id, repository);
    return row === undefined ? undefined : asUpload(row);
  }

  list(): UploadRecord[] {
    return this.#metadata.all('SELECT * FROM upload').map(asUpload);
  }

  count(): number {
    return Number(this.#metadata.get('SELECT count(*) AS count FROM upload')?.count);
  }

  /** How many are of repositories of one project. */
  countOf(project: string): number {
    // What begins with `project/` stands between it and `project0`, for 0 comes after the slash.
    const sql = `SELECT count(*) AS count FROM upload
      WHERE repository = ?1 OR (repository > ?1 || '/' AND repository < ?1 || '0')`;
    return Number(this.#metadata.get(sql, project)?.count);
  }

  delete(id: string): void {
    this.#metadata.run('DELETE FROM upload WHERE id = ?', id);
  }
}

function asUpload(row: Readonly<Record<string, unknown>>): UploadRecord {
  return { id: String(row.id), repository: String(row.repository), startedMs: Number(row.started_ms) };
}
