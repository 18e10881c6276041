import type { Metadata } from '#store/metadata';

/**
 * A blob belongs to every repository that it was pushed or mounted to, is touched there whenever a push may come to
 * rely on it, and named when a manifest that is made of it appears. A manifest's document is a blob too, which belongs to no repository but by its manifest.
 */
const steps: readonly string[] = [
  `CREATE TABLE repository (
     name TEXT PRIMARY KEY,
     project TEXT NOT NULL,
     created_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX repository_project ON repository (project);
   CREATE TABLE blob (
     digest TEXT PRIMARY KEY,
     size INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE repository_blob (
     repository TEXT NOT NULL REFERENCES repository ON DELETE CASCADE,
     digest TEXT NOT NULL REFERENCES blob,
     touched_ms INTEGER NOT NULL,
     PRIMARY KEY (repository, digest)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX repository_blob_digest ON repository_blob (digest);
   CREATE TABLE manifest (
     repository TEXT NOT NULL REFERENCES repository ON DELETE CASCADE,
     digest TEXT NOT NULL REFERENCES blob,
     media_type TEXT NOT NULL,
     artifact_type TEXT,
     subject TEXT,
     annotations TEXT,
     pushed_ms INTEGER NOT NULL,
     pulled_ms INTEGER,
     PRIMARY KEY (repository, digest)
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX manifest_digest ON manifest (digest);
   CREATE INDEX manifest_subject ON manifest (repository, subject) WHERE subject IS NOT NULL;
   CREATE TABLE manifest_part (
     repository TEXT NOT NULL,
     manifest TEXT NOT NULL,
     digest TEXT NOT NULL,
     PRIMARY KEY (repository, manifest, digest),
     FOREIGN KEY (repository, manifest) REFERENCES manifest ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX manifest_part_digest ON manifest_part (repository, digest);
   CREATE TABLE tag (
     repository TEXT NOT NULL,
     name TEXT NOT NULL,
     digest TEXT NOT NULL,
     updated_ms INTEGER NOT NULL,
     PRIMARY KEY (repository, name),
     FOREIGN KEY (repository, digest) REFERENCES manifest ON DELETE CASCADE
   ) STRICT, WITHOUT ROWID;
   CREATE INDEX tag_digest ON tag (repository, digest);
   CREATE TABLE upload (
     id TEXT PRIMARY KEY,
     repository TEXT NOT NULL,
     started_ms INTEGER NOT NULL
   ) STRICT, WITHOUT ROWID;`,
  'ALTER TABLE repository_blob ADD COLUMN named_ms INTEGER NOT NULL DEFAULT 0;',
];

/** Brings the registry's tables to their newest shape. @throws EngineError corrupt, for tables of a newer Wharf */
export function prepareTables(metadata: Metadata): void {
  metadata.migrate('registry-server', steps);
}
