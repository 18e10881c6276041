import { EngineError } from '#base';
import type { Metadata } from '#store/metadata';
import type { LocalDriver } from '../drivers/local/local-driver.ts';
import type { VolumeUsers } from '../types.ts';
import type { VolumeTable } from '../volume-table.ts';

export interface RenameRooms {
  readonly metadata: Metadata;
  readonly table: VolumeTable;
  readonly local: LocalDriver;
  readonly users: VolumeUsers;
}

const steps = [
  `CREATE TABLE volume_rename (
     name TEXT PRIMARY KEY,
     new_name TEXT NOT NULL
   ) STRICT`,
];

/**
 * Gives volumes of the local driver other names: directory, rows and the records of who mounts them follow. What was
 * begun is noted first, and every step can be taken again: the next daemon finishes what this one is killed in.
 */
export class VolumeRenames {
  readonly #rooms: RenameRooms;

  constructor(rooms: RenameRooms) {
    this.#rooms = rooms;
    rooms.metadata.migrate('volume-rename', steps);
  }

  reconcile(): void {
    const rows = this.#rooms.metadata.all('SELECT name, new_name FROM volume_rename');
    for (const row of rows) this.#finish(String(row.name), String(row.new_name));
  }

  /**
   * Without a pause, so that nobody starts to use the volume by its old name meanwhile.
   * @throws EngineError conflict, when somebody just begins or ends to use it; the system's error
   */
  rename(name: string, newName: string): void {
    const { metadata, table, users } = this.#rooms;
    const changing = table.users(name).filter((user) => !users.isSettled(user));
    if (changing.length > 0) {
      throw new EngineError(
        'conflict',
        `volume ${name} is in use by what is under way: ${changing.join(', ')}`,
      );
    }
    metadata.run('INSERT INTO volume_rename (name, new_name) VALUES (?, ?)', name, newName);
    try {
      this.#rooms.local.rename(name, newName);
    } catch (error) {
      metadata.run('DELETE FROM volume_rename WHERE name = ?', name);
      throw error;
    }
    this.#finish(name, newName);
  }

  #finish(name: string, newName: string): void {
    const { metadata, table, local, users } = this.#rooms;
    local.rename(name, newName);
    users.volumeRenamed(name, newName, local.directory(newName));
    metadata.transaction(() => {
      table.rename(name, newName);
      metadata.run('DELETE FROM volume_rename WHERE name = ?', name);
    });
  }
}
