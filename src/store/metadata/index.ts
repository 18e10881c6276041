/**
 * store/metadata: the one SQLite database of a data root. Every room above owns its tables: it names its
 * migration steps and writes its own SQL against this door.
 *
 * Life cycle: the daemon opens it once before any room is constructed and closes it last. A second process
 * may read it at the same time; only the daemon writes.
 *
 * It does not know what a container or an image is, and caches nothing but prepared statements.
 */
export { type Metadata, openMetadata, type SqlRow, type SqlValue } from './database.ts';
