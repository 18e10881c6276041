import { type AnyDigest, parseAnyDigest } from '#base';
import type { Metadata } from '#store/metadata';
import type { Page } from './page.ts';

export interface ManifestRecord {
  readonly digest: AnyDigest;
  readonly mediaType: string;
  readonly size: number;
  readonly artifactType?: string;
  /** The manifest that this one says something about. */
  readonly subject?: AnyDigest;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly pushedMs: number;
  /** Undefined when nobody asked for it yet. */
  readonly pulledMs?: number;
}

const columns = `manifest.digest, media_type, size, artifact_type, subject, annotations, pushed_ms, pulled_ms
  FROM manifest JOIN blob USING (digest)`;

/** The manifests of every repository, and what each is made of. */
export class ManifestRecords {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
  }

  find(repository: string, digest: AnyDigest): ManifestRecord | undefined {
    const row = this.#metadata.get(
      `SELECT ${columns} WHERE repository = ? AND digest = ?`,
      repository,
      digest,
    );
    return row === undefined ? undefined : asManifest(row);
  }

  /** Keeps a manifest whose document is stored, and what it is made of. The repository must be known. */
  put(repository: string, record: ManifestRecord, parts: readonly AnyDigest[]): void {
    this.#metadata.run(
      `INSERT INTO manifest (repository, digest, media_type, artifact_type, subject, annotations, pushed_ms)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
       ON CONFLICT (repository, digest) DO UPDATE SET media_type = ?3, pushed_ms = ?7`,
      repository,
      record.digest,
      record.mediaType,
      record.artifactType ?? null,
      record.subject ?? null,
      record.annotations === undefined ? null : JSON.stringify(record.annotations),
      record.pushedMs,
    );
    for (const part of parts) {
      this.#metadata.run(
        `INSERT INTO manifest_part (repository, manifest, digest) VALUES (?, ?, ?)
         ON CONFLICT (repository, manifest, digest) DO NOTHING`,
        repository,
        record.digest,
        part,
      );
    }
  }

  list(repository: string, { after, limit }: Page): ManifestRecord[] {
    return this.#metadata
      .all(
        `SELECT ${columns} WHERE repository = ? AND digest > ? ORDER BY digest LIMIT ?`,
        repository,
        after,
        limit,
      )
      .map(asManifest);
  }

  /** The manifests that say something about another one, of one artifact type or of all, in the order of digests. */
  listReferrers(
    repository: string,
    subject: AnyDigest,
    artifactType: string | undefined,
    { after, limit }: Page,
  ): ManifestRecord[] {
    return this.#metadata
      .all(
        `SELECT ${columns} WHERE repository = ?1 AND subject = ?2 AND (?3 IS NULL OR artifact_type = ?3)
           AND digest > ?4 ORDER BY digest LIMIT ?5`,
        repository,
        subject,
        artifactType ?? null,
        after,
        limit,
      )
      .map(asManifest);
  }

  /** The manifests of a repository that are made of a blob or of another manifest. */
  listUsers(repository: string, part: AnyDigest): AnyDigest[] {
    return this.#metadata
      .all('SELECT manifest FROM manifest_part WHERE repository = ? AND digest = ?', repository, part)
      .map((row) => parseAnyDigest(String(row.manifest)));
  }

  /** Bytes of a manifest and of all that it is made of, each counted once. */
  totalBytes(repository: string, digest: AnyDigest): number {
    const row = this.#metadata.get(
      `WITH RECURSIVE part (digest) AS (
         SELECT ?2 UNION
         SELECT manifest_part.digest FROM manifest_part JOIN part ON manifest = part.digest WHERE repository = ?1)
       SELECT coalesce(sum(size), 0) AS bytes FROM blob JOIN part USING (digest)`,
      repository,
      digest,
    );
    return Number(row?.bytes);
  }

  notePull(repository: string, digest: AnyDigest, nowMs: number): void {
    this.#metadata.run(
      'UPDATE manifest SET pulled_ms = ? WHERE repository = ? AND digest = ?',
      nowMs,
      repository,
      digest,
    );
  }

  /** Forgets a manifest and the tags that name it. */
  delete(repository: string, digest: AnyDigest): void {
    this.#metadata.run('DELETE FROM manifest WHERE repository = ? AND digest = ?', repository, digest);
  }
}

function asManifest(row: Readonly<Record<string, unknown>>): ManifestRecord {
  const { digest, media_type, size, artifact_type, subject, annotations, pushed_ms, pulled_ms } = row;
  return {
    digest: parseAnyDigest(String(digest)),
    mediaType: String(media_type),
    size: Number(size),
    ...(typeof artifact_type === 'string' && { artifactType: artifact_type }),
    ...(typeof subject === 'string' && { subject: parseAnyDigest(subject) }),
    ...(typeof annotations === 'string' && { annotations: readAnnotations(annotations) }),
    pushedMs: Number(pushed_ms),
    ...(pulled_ms !== null && { pulledMs: Number(pulled_ms) }),
  };
}

function readAnnotations(text: string): Record<string, string> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, content]) => [name, String(content)]));
}
