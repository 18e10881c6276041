import type { Metadata, SqlRow } from '#store/metadata';

/** A volume as it is stored. */
export interface StoredVolume {
  readonly name: string;
  readonly driver: string;
  /** What its driver said last; '' for one that has not told, and for those of `local`. */
  readonly mountpoint: string;
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
  `ALTER TABLE volume ADD COLUMN driver TEXT NOT NULL DEFAULT 'local';
   ALTER TABLE volume ADD COLUMN mountpoint TEXT NOT NULL DEFAULT '';
   CREATE TABLE volume_mount (
     volume TEXT NOT NULL,
     user TEXT NOT NULL,
     PRIMARY KEY (volume, user)
   ) STRICT`,
  'ALTER TABLE volume ADD COLUMN filling INTEGER NOT NULL DEFAULT 0',
];

/** The rows of volumes and of who uses them. */
export class VolumeTable {
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
      `INSERT INTO volume (name, driver, mountpoint, created_ns, labels, options, anonymous)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      volume.name,
      volume.driver,
      volume.mountpoint,
      String(volume.createdNs),
      JSON.stringify(volume.labels),
      JSON.stringify(volume.options),
      volume.anonymous ? 1 : 0,
    );
  }

  delete(name: string): void {
    this.#metadata.run('DELETE FROM volume WHERE name = ?', name);
  }

  setMountpoint(name: string, mountpoint: string): void {
    this.#metadata.run('UPDATE volume SET mountpoint = ? WHERE name = ?', mountpoint, name);
  }

  /** The volume is not anonymous any more. */
  rename(name: string, newName: string): void {
    this.#metadata.run('UPDATE volume SET name = ?, anonymous = 0 WHERE name = ?', newName, name);
    this.#metadata.run('UPDATE volume_use SET volume = ? WHERE volume = ?', newName, name);
    this.#metadata.run('UPDATE volume_mount SET volume = ? WHERE volume = ?', newName, name);
  }

  isFilling(name: string): boolean {
    return this.#metadata.get('SELECT 1 FROM volume WHERE name = ? AND filling = 1', name) !== undefined;
  }

  setFilling(name: string, isFilling: boolean): void {
    this.#metadata.run('UPDATE volume SET filling = ? WHERE name = ?', isFilling ? 1 : 0, name);
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

  /** Who has the volume mounted. */
  mountUsers(name: string): string[] {
    const rows = this.#metadata.all('SELECT user FROM volume_mount WHERE volume = ? ORDER BY user', name);
    return rows.map((row) => String(row.user));
  }

  mounts(): { readonly volume: string; readonly user: string }[] {
    const rows = this.#metadata.all('SELECT volume, user FROM volume_mount');
    return rows.map((row) => ({ volume: String(row.volume), user: String(row.user) }));
  }

  noteMount(name: string, user: string): void {
    this.#metadata.run('INSERT OR IGNORE INTO volume_mount (volume, user) VALUES (?, ?)', name, user);
  }

  forgetMount(name: string, user: string): void {
    this.#metadata.run('DELETE FROM volume_mount WHERE volume = ? AND user = ?', name, user);
  }
}

function decodeRow(row: SqlRow): StoredVolume {
  return {
    name: String(row.name),
    driver: String(row.driver),
    mountpoint: String(row.mountpoint),
    createdNs: BigInt(String(row.created_ns)),
    labels: JSON.parse(String(row.labels)),
    options: JSON.parse(String(row.options)),
    anonymous: row.anonymous === 1,
  };
}
