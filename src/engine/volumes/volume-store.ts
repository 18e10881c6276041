import type { Metadata, SqlRow } from '#store/metadata';

/** A volume as it is stored. */
export interface StoredVolume {
  readonly name: string;
  readonly createdNs: bigint;
  readonly labels: Readonly<Record<string, string>>;
  readonly options: Readonly<Record<string, string>>;
  readonly anonymous: boolean;
}

const steps = [
  `CREATE TABLE volume (
     name TEXT PRIMARY KEY,
     created_ns TEXT NOT NULL,
     labels TEXT NOT NULL,
     options TEXT NOT NULL,
     anonymous INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE volume_use (
     volume TEXT NOT NULL,
     container TEXT NOT NULL,
     PRIMARY KEY (volume, container)
   ) STRICT`,
];

/** The rows of volumes and of who uses them. */
export class VolumeStore {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    metadata.migrate('volumes', steps);
  }

  all(): StoredVolume[] {
    return this.#metadata.all('SELECT * FROM volume ORDER BY name').map(decodeRow);
  }

  get(name: string): StoredVolume | undefined {
    const row = this.#metadata.get('SELECT * FROM volume WHERE name = ?', name);
    return row && decodeRow(row);
  }

  insert(volume: StoredVolume): void {
    this.#metadata.run(
      'INSERT INTO volume (name, created_ns, labels, options, anonymous) VALUES (?, ?, ?, ?, ?)',
      volume.name,
      String(volume.createdNs),
      JSON.stringify(volume.labels),
      JSON.stringify(volume.options),
      volume.anonymous ? 1 : 0,
    );
  }

  delete(name: string): void {
    this.#metadata.run('DELETE FROM volume WHERE name = ?', name);
  }

  users(name: string): string[] {
    const rows = this.#metadata.all(
      'SELECT container FROM volume_use WHERE volume = ? ORDER BY container',
      name,
    );
    return rows.map((row) => String(row.container));
  }

  use(name: string, container: string): void {
    this.#metadata.run('INSERT OR IGNORE INTO volume_use (volume, container) VALUES (?, ?)', name, container);
  }

  unuseOne(name: string, container: string): void {
    this.#metadata.run('DELETE FROM volume_use WHERE volume = ? AND container = ?', name, container);
  }

  /** Forgets a container's uses. */
  unuse(container: string): void {
    this.#metadata.run('DELETE FROM volume_use WHERE container = ?', container);
  }
}

function decodeRow(row: SqlRow): StoredVolume {
  return {
    name: String(row.name),
    createdNs: BigInt(String(row.created_ns)),
    labels: JSON.parse(String(row.labels)),
    options: JSON.parse(String(row.options)),
    anonymous: row.anonymous === 1,
  };
}
