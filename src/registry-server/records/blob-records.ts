import { type AnyDigest, parseAnyDigest } from '#base';
import type { Metadata } from '#store/metadata';

/** Which blobs are stored, and to which repositories they belong. */
export class BlobRecords {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  /** The size of a blob that is stored; undefined when it is not. */
  sizeOf(digest: AnyDigest): number | undefined {
    return asSize(this.#metadata.get('SELECT size FROM blob WHERE digest = ?', digest));
  }

  /** The size of a blob that belongs to a repository. */
  sizeIn(repository: string, digest: AnyDigest): number | undefined {
    return asSize(
      this.#metadata.get(
        `SELECT size FROM repository_blob JOIN blob USING (digest)
         WHERE repository = ? AND digest = ?`,
        repository,
        digest,
      ),
    );
  }

  /** Notes that a blob is stored. */
  add(digest: AnyDigest, size: number): void {
    this.#metadata.run(
      'INSERT INTO blob (digest, size) VALUES (?, ?) ON CONFLICT (digest) DO NOTHING',
      digest,
      size,
    );
  }

  /** Makes a stored blob belong to a repository that is known; it is named, if it is a part already. */
  link(repository: string, digest: AnyDigest, nowMs: number): void {
    const namedMs = this.isPart(repository, digest) ? nowMs : 0;
    this.#metadata.run(
      `INSERT INTO repository_blob (repository, digest, touched_ms, named_ms) VALUES (?1, ?2, ?3, ?4)
       ON CONFLICT (repository, digest) DO UPDATE SET touched_ms = ?3, named_ms = max(named_ms, ?4)`,
      repository,
      digest,
      nowMs,
      namedMs,
    );
  }

  /** Notes that a manifest now names a blob of its repository. */
  name(repository: string, digest: AnyDigest, nowMs: number): void {
    const sql = 'UPDATE repository_blob SET named_ms = ? WHERE repository = ? AND digest = ?';
    this.#metadata.run(sql, nowMs, repository, digest);
  }

  /**
   * Notes that somebody was told that the blob is there; more often than every `coarseMs` it is not written down,
   * unless a manifest has named it since.
   */
  touch(repository: string, digest: AnyDigest, nowMs: number, coarseMs: number): void {
    const row = this.#metadata.get(
      `SELECT 1 FROM repository_blob
       WHERE repository = ? AND digest = ? AND (touched_ms <= ? OR touched_ms <= named_ms)`,
      repository,
      digest,
      nowMs - coarseMs,
    );
    if (row === undefined) return;
    this.#metadata.run(
      'UPDATE repository_blob SET touched_ms = ? WHERE repository = ? AND digest = ?',
      nowMs,
      repository,
      digest,
    );
  }

  /** Takes a blob from a repository. */
  unlink(repository: string, digest: AnyDigest): void {
    this.#metadata.run('DELETE FROM repository_blob WHERE repository = ? AND digest = ?', repository, digest);
  }

  /** Whether a manifest of the repository is made of the blob. */
  isPart(repository: string, digest: AnyDigest): boolean {
    const sql = 'SELECT 1 FROM manifest_part WHERE repository = ? AND digest = ? LIMIT 1';
    return this.#metadata.get(sql, repository, digest) !== undefined;
  }

  /**
   * Takes blobs from repositories that no manifest there is made of and nobody was told of since `beforeMs`; those that
   * no manifest has named since somebody was told of them, only if that was before `waitingBeforeMs` too.
   */
  unlinkUnused(beforeMs: number, waitingBeforeMs: number): void {
    this.#metadata.run(
      `DELETE FROM repository_blob
       WHERE touched_ms < ?1 AND (touched_ms <= named_ms OR touched_ms < ?2) AND NOT EXISTS (
         SELECT 1 FROM manifest_part AS part
         WHERE part.repository = repository_blob.repository AND part.digest = repository_blob.digest)`,
      beforeMs,
      waitingBeforeMs,
    );
  }

  /** The repositories that have a blob. */
  listOwners(digest: AnyDigest): string[] {
    return this.#metadata
      .all('SELECT repository FROM repository_blob WHERE digest = ?', digest)
      .map((row) => String(row.repository));
  }

  /** Stored blobs that no repository has. */
  listUnowned(): AnyDigest[] {
    return this.#metadata
      .all(
        `SELECT digest FROM blob
         WHERE NOT EXISTS (SELECT 1 FROM repository_blob WHERE repository_blob.digest = blob.digest)
           AND NOT EXISTS (SELECT 1 FROM manifest WHERE manifest.digest = blob.digest)`,
      )
      .map((row) => parseAnyDigest(String(row.digest)));
  }

  /** Forgets a stored blob, unless a repository has it by now. @returns whether it is forgotten */
  forgetUnowned(digest: AnyDigest): boolean {
    this.#metadata.run(
      `DELETE FROM blob WHERE digest = ?1
         AND NOT EXISTS (SELECT 1 FROM repository_blob WHERE digest = ?1)
         AND NOT EXISTS (SELECT 1 FROM manifest WHERE digest = ?1)`,
      digest,
    );
    return this.sizeOf(digest) === undefined;
  }

  /** Number and bytes of all stored blobs. */
  total(): { readonly count: number; readonly bytes: number } {
    const row = this.#metadata.get('SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes FROM blob');
    return { count: Number(row?.count), bytes: Number(row?.bytes) };
  }
}

function asSize(row: Readonly<Record<string, unknown>> | undefined): number | undefined {
  return row === undefined ? undefined : Number(row.size);
}
