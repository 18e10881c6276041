import type { Metadata, SqlRow } from '#store/metadata';
import type { SecretKind } from './kinds.ts';
import type { SecretRecord } from './types.ts';

const steps = [
  `CREATE TABLE secret (
     id TEXT PRIMARY KEY,
     kind TEXT NOT NULL,
     name TEXT NOT NULL,
     labels TEXT NOT NULL,
     created_ns TEXT NOT NULL,
     updated_ns TEXT NOT NULL,
     version INTEGER NOT NULL,
     sealed BLOB NOT NULL,
     UNIQUE (kind, name)
   ) STRICT`,
];
const columns = 'id, name, labels, created_ns, updated_ns, version';

/** The rows of one kind. */
export class SecretTable {
  readonly #metadata: Metadata;
  readonly #kind: SecretKind;

  constructor(metadata: Metadata, kind: SecretKind) {
    this.#metadata = metadata;
    this.#kind = kind;
    metadata.migrate('secrets', steps);
  }

  /** By name. */
  all(): SecretRecord[] {
    const sql = `SELECT ${columns} FROM secret WHERE kind = ? ORDER BY name`;
    return this.#metadata.all(sql, this.#kind).map(decodeRow);
  }

  sealed(id: string): Uint8Array | undefined {
    const row = this.#metadata.get('SELECT sealed FROM secret WHERE kind = ? AND id = ?', this.#kind, id);
    return row?.sealed instanceof Uint8Array ? row.sealed : undefined;
  }

  insert(record: SecretRecord, sealed: Uint8Array): void {
    this.#metadata.run(
      `INSERT INTO secret (kind, ${columns}, sealed) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      this.#kind,
      record.id,
      record.name,
      JSON.stringify(record.labels),
      String(record.createdNs),
      String(record.updatedNs),
      record.version,
      sealed,
    );
  }

  update({ id, labels, updatedNs, version }: SecretRecord): void {
    this.#metadata.run(
      'UPDATE secret SET labels = ?, updated_ns = ?, version = ? WHERE id = ?',
      JSON.stringify(labels),
      String(updatedNs),
      version,
      id,
    );
  }

  delete(id: string): void {
    this.#metadata.run('DELETE FROM secret WHERE id = ?', id);
  }
}

function decodeRow(row: SqlRow): SecretRecord {
  return {
    id: String(row.id),
    name: String(row.name),
    labels: JSON.parse(String(row.labels)),
    createdNs: BigInt(String(row.created_ns)),
    updatedNs: BigInt(String(row.updated_ns)),
    version: Number(row.version),
  };
}
