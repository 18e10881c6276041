import { messages } from '#api';
import {
  checkFilterKeys,
  EngineError,
  errorMessage,
  type Filter,
  filterFlag,
  filterPasses,
  labelsPass,
} from '#base';
import type { VolumeDrivers } from './drivers/drivers.ts';
import type { DriverVolume, VolumeDriver } from './drivers/types.ts';
import type { VolumeList, VolumeRecord } from './types.ts';
import type { StoredVolume, VolumeTable } from './volume-table.ts';

export interface FoundElsewhere {
  readonly volume: DriverVolume;
  readonly driver: VolumeDriver;
}

/** What is known of volumes: by their rows, and by the drivers of other programs. */
export class VolumeViews {
  readonly #table: VolumeTable;
  readonly #drivers: VolumeDrivers;

  constructor(table: VolumeTable, drivers: VolumeDrivers) {
    this.#table = table;
    this.#drivers = drivers;
  }

  async list(filter: Filter = {}): Promise<VolumeList> {
    checkFilterKeys(filter, ['dangling', 'driver', 'label', 'name']);
    const dangling = filterFlag(filter, 'dangling');
    const { volumes, warnings } = await this.#all();
    const passing = volumes.filter(
      (volume) =>
        (dangling === undefined || dangling === (volume.users.length === 0)) &&
        filterPasses(filter, 'driver', (value) => value === volume.driver) &&
        filterPasses(filter, 'name', (value) => volume.name.includes(value)) &&
        labelsPass(filter, volume.labels),
    );
    return { volumes: passing, warnings };
  }

  /** All that have a row, and what the drivers of other programs have besides by names that no other one has. */
  async #all(): Promise<VolumeList> {
    const stored = this.#table.all();
    const local = stored.filter(({ driver }) => driver === this.#drivers.local.name);
    const volumes = local.map((volume) => this.stored(volume, this.#drivers.local));
    const warnings: string[] = [];
    const rows = new Map(stored.map((volume) => [volume.name, volume]));
    const others = new Set([...this.#drivers.names(), ...stored.map(({ driver }) => driver)]);
    others.delete(this.#drivers.local.name);
    const lists = [...others].map(async (name) => {
      try {
        const driver = await this.#drivers.find(name);
        for (const found of await driver.list()) {
          const row = rows.get(found.name);
          if ((row?.driver ?? name) === name) volumes.push(this.#found(found, driver, row));
        }
      } catch (error) {
        warnings.push(errorMessage(error));
      }
    });
    await Promise.all(lists);
    return { volumes: volumes.sort((a, b) => (a.name < b.name ? -1 : 1)), warnings };
  }

  async inspect(name: string): Promise<VolumeRecord> {
    const stored = this.#table.get(name);
    if (stored?.driver === this.#drivers.local.name) return this.stored(stored, this.#drivers.local);
    if (stored === undefined) {
      const elsewhere = await this.findElsewhere(name);
      if (elsewhere !== undefined) return this.#found(elsewhere.volume, elsewhere.driver, undefined);
    } else {
      const driver = await this.#drivers.find(stored.driver);
      const found = await driver.get(stored);
      if (found !== undefined) return this.#found(found, driver, stored);
    }
    throw new EngineError('notFound', messages.noSuchVolume(name));
  }

  /** A volume of another program's driver that has no row; a driver that cannot be asked has none. */
  async findElsewhere(name: string): Promise<FoundElsewhere | undefined> {
    const names = this.#drivers.names().filter((driver) => driver !== this.#drivers.local.name);
    const found = await Promise.all(names.map((driver) => this.#lookUp(name, driver)));
    return found.find((volume) => volume !== undefined);
  }

  async #lookUp(name: string, driverName: string): Promise<FoundElsewhere | undefined> {
    try {
      const driver = await this.#drivers.find(driverName);
      const volume = await driver.get({ name, options: {} });
      return volume && { volume, driver };
    } catch {
      // Who lists volumes is told.
      return undefined;
    }
  }

  /** Where a volume of that name is, or would be; '' when its driver has not told yet. */
  mountpoint(name: string): string {
    const volume = this.#table.get(name);
    const isHere = volume === undefined || volume.driver === this.#drivers.local.name;
    return isHere ? this.#drivers.local.directory(name) : volume.mountpoint;
  }

  /** A volume that has a row. */
  stored(volume: StoredVolume, driver: VolumeDriver): VolumeRecord {
    return {
      ...volume,
      scope: driver.scope,
      mountpoint: this.mountpoint(volume.name),
      users: this.#table.users(volume.name),
    };
  }

  /** What a driver tells of a volume, with what is known of it here; only one with a row has users. */
  #found(found: DriverVolume, driver: VolumeDriver, stored: StoredVolume | undefined): VolumeRecord {
    return {
      name: found.name,
      driver: driver.name,
      scope: driver.scope,
      mountpoint: found.mountpoint || (stored?.mountpoint ?? ''),
      createdNs: found.createdNs,
      labels: stored?.labels ?? {},
      options: stored?.options ?? {},
      anonymous: stored?.anonymous ?? false,
      users: stored === undefined ? [] : this.#table.users(stored.name),
      ...(found.status !== undefined && { status: found.status }),
    };
  }
}
