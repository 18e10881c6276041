/** Steps of the tables of images, their documents and their names; append only. */
export const imageTables: readonly string[] = [
  'CREATE TABLE image (id TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL) STRICT',
  `CREATE TABLE image_document (
     image_id TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (image_id, digest)
   ) STRICT`,
  `CREATE TABLE image_name (
     repository TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, image_id TEXT NOT NULL,
     tagged_ns TEXT NOT NULL, PRIMARY KEY (repository, kind, value)
   ) STRICT`,
  'CREATE INDEX image_name_by_image ON image_name (image_id)',
  // A name points at a manifest or an index, which leads to the images. Names of before wait for theirs.
  'ALTER TABLE image_name RENAME TO image_name_without_target',
  'DROP INDEX image_name_by_image',
  `CREATE TABLE image_name (
     repository TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, target TEXT NOT NULL,
     tagged_ns TEXT NOT NULL, PRIMARY KEY (repository, kind, value)
   ) STRICT`,
  'CREATE INDEX image_name_by_target ON image_name (target)',
  'CREATE TABLE image_target (digest TEXT PRIMARY KEY, media_type TEXT NOT NULL, size INTEGER NOT NULL) STRICT',
  'ALTER TABLE image ADD COLUMN target TEXT',
  'CREATE INDEX image_document_by_digest ON image_document (digest)',
  // When an image was last brought here, or given up by a container.
  'ALTER TABLE image ADD COLUMN used_ms INTEGER NOT NULL DEFAULT 0',
  'UPDATE image SET used_ms = unixepoch() * 1000',
];
