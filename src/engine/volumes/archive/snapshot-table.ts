import type { Metadata, SqlRow } from '#store/metadata';
import type { VolumeSnapshot } from './types.ts';

const steps = [
  `CREATE TABLE volume_snapshot (
     id TEXT PRIMARY KEY,
     volume TEXT NOT NULL,
     name TEXT NOT NULL,
     created_ns TEXT NOT NULL
   ) STRICT`,
];

/** The rows of snapshots. */
export class SnapshotTable {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    metadata.migrate('volume-snapshots', steps);
  }

  /** Newest first. */
  all(): VolumeSnapshot[] {
    return this.#metadata.all('SELECT * FROM volume_snapshot ORDER BY rowid DESC').map(decodeRow);
  }

  insert({ id, volume, name, createdNs }: VolumeSnapshot): void {
    this.#metadata.run(
      'INSERT INTO volume_snapshot (id, volume, name, created_ns) VALUES (?, ?, ?, ?)',
      id,
      volume,
      name,
      String(createdNs),
    );
  }

  delete(id: string): void {
    this.#metadata.run('DELETE FROM volume_snapshot WHERE id = ?', id);
  }

  volumeRenamed(name: string, newName: string): void {
    this.#metadata.run('UPDATE volume_snapshot SET volume = ? WHERE volume = ?', newName, name);
  }
}

function decodeRow(row: SqlRow): VolumeSnapshot {
  return {
    id: String(row.id),
    volume: String(row.volume),
    name: String(row.name),
    createdNs: BigInt(String(row.created_ns)),
  };
}
