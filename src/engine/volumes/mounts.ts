import { messages } from '#api';
import { EngineError, errorMessage, type KeyedLock, type Log } from '#base';
import type { VolumeDrivers } from './drivers/drivers.ts';
import type { VolumeTable } from './volume-table.ts';

export interface MountRooms {
  readonly table: VolumeTable;
  readonly drivers: VolumeDrivers;
  /** By name of the volume. */
  readonly lock: KeyedLock;
  readonly log: Log;
}

/**
 * Who has which volume mounted. That is noted before the driver mounts and forgotten after it has unmounted, so that
 * the next daemon knows of every mount that may be there.
 */
export class VolumeMounts {
  readonly #table: VolumeTable;
  readonly #drivers: VolumeDrivers;
  readonly #lock: KeyedLock;
  readonly #log: Log;

  constructor({ table, drivers, lock, log }: MountRooms) {
    this.#table = table;
    this.#drivers = drivers;
    this.#lock = lock;
    this.#log = log;
  }

  async mount(name: string, user: string): Promise<string> {
    return await this.#lock.run(name, async () => {
      const volume = this.#table.get(name);
      if (volume === undefined) throw new EngineError('notFound', messages.noSuchVolume(name));
      const driver = await this.#drivers.find(volume.driver);
      if (driver.isAlwaysThere(volume)) return this.#drivers.local.directory(name);
      const isNew = !this.#table.mountUsers(name).includes(user);
      this.#table.noteMount(name, user);
      try {
        const path = await driver.mount(volume, { user, isNew });
        if (driver !== this.#drivers.local) this.#table.setMountpoint(name, path);
        return path;
      } catch (error) {
        if (isNew) this.#table.forgetMount(name, user);
        throw error;
      }
    });
  }

  async unmount(name: string, user: string): Promise<void> {
    await this.#lock.run(name, async () => {
      const users = this.#table.mountUsers(name);
      const volume = this.#table.get(name);
      if (volume === undefined || !users.includes(user)) return;
      try {
        const driver = await this.#drivers.find(volume.driver);
        await driver.unmount(volume, { user, isLast: users.length === 1 });
      } catch (error) {
        this.#log.warn('a volume was not unmounted', { name, user, error: errorMessage(error) });
      }
      this.#table.forgetMount(name, user);
    });
  }

  async unmountOthers(users: ReadonlySet<string>): Promise<void> {
    const others = this.#table.mounts().filter(({ user }) => !users.has(user));
    await Promise.all(others.map(({ volume, user }) => this.unmount(volume, user)));
  }
}
