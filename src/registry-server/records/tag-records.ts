import { type AnyDigest, parseAnyDigest } from '#base';
import type { Metadata } from '#store/metadata';
import type { Page } from './page.ts';

export interface TagRecord {
  readonly name: string;
  readonly digest: AnyDigest;
  readonly updatedMs: number;
}

/** Which manifest a tag names. */
export class TagRecords {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  find(repository: string, name: string): TagRecord | undefined {
    const row = this.#metadata.get(
      'SELECT name, digest, updated_ms FROM tag WHERE repository = ? AND name = ?',
      repository,
      name,
    );
    return row === undefined ? undefined : asTag(row);
  }

  /** Makes a tag name a manifest of the repository. */
  set(repository: string, { name, digest, updatedMs }: TagRecord): void {
    this.#metadata.run(
      `INSERT INTO tag (repository, name, digest, updated_ms) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (repository, name) DO UPDATE SET digest = ?3, updated_ms = ?4`,
      repository,
      name,
      digest,
      updatedMs,
    );
  }

  list(repository: string, { after, limit }: Page): TagRecord[] {
    return this.#metadata
      .all(
        `SELECT name, digest, updated_ms FROM tag WHERE repository = ? AND name > ?
         ORDER BY name LIMIT ?`,
        repository,
        after,
        limit,
      )
      .map(asTag);
  }

  /** Whether a tag of the repository names a manifest. */
  hasAny(repository: string, digest: AnyDigest): boolean {
    const sql = 'SELECT 1 FROM tag WHERE repository = ? AND digest = ? LIMIT 1';
    return this.#metadata.get(sql, repository, digest) !== undefined;
  }

  delete(repository: string, name: string): void {
    this.#metadata.run('DELETE FROM tag WHERE repository = ? AND name = ?', repository, name);
  }
}

function asTag(row: Readonly<Record<string, unknown>>): TagRecord {
  const { name, digest, updated_ms: updatedMs } = row;
  return { name: String(name), digest: parseAnyDigest(String(digest)), updatedMs: Number(updatedMs) };
}
