import { randomBytes } from 'node:crypto';
import { messages } from '#api';
import {
  compilePruneFilter,
  EngineError,
  errorKind,
  errorMessage,
  type Filter,
  filterFlag,
  KeyedLock,
  type Log,
  nowNs,
  pruneRefusal,
  SingleRun,
} from '#base';
import type { Events, VolumeAction } from '#engine/events';
import type { Metadata } from '#store/metadata';
import { VolumeRenames } from './archive/renames.ts';
import { type ForeignDrivers, VolumeDrivers } from './drivers/drivers.ts';
import { LocalDriver } from './drivers/local/local-driver.ts';
import { parseVolumeName } from './drivers/local/volume-name.ts';
import type { VolumeDriver } from './drivers/types.ts';
import { VolumeMounts } from './mounts.ts';
import type { CreateVolume, VolumeList, VolumeRecord, Volumes, VolumeUsers } from './types.ts';
import { VolumeViews } from './views.ts';
import { type StoredVolume, VolumeTable } from './volume-table.ts';

export interface VolumeRooms {
  readonly metadata: Metadata;
  readonly events: Pick<Events, 'publish'>;
  readonly log: Log;
  /** The directory that holds the volumes of the local driver. */
  readonly root: string;
  readonly foreign: ForeignDrivers;
  readonly users: VolumeUsers;
}

/** The volumes of one data root, whoever keeps their files. */
export class VolumeEngine implements Volumes {
  readonly #table: VolumeTable;
  readonly #events: Pick<Events, 'publish'>;
  readonly #log: Log;
  readonly #drivers: VolumeDrivers;
  /** Held by whatever asks a driver to change a volume. */
  readonly #lock = new KeyedLock();
  readonly #views: VolumeViews;
  readonly #mounts: VolumeMounts;
  readonly #renames: VolumeRenames;
  readonly #pruning = new SingleRun(pruneRefusal);

  constructor({ metadata, events, log, root, foreign, users }: VolumeRooms) {
    this.#table = new VolumeTable(metadata);
    this.#events = events;
    this.#log = log;
    this.#drivers = new VolumeDrivers(new LocalDriver({ root }), foreign);
    this.#views = new VolumeViews(this.#table, this.#drivers);
    const held = { table: this.#table, drivers: this.#drivers, lock: this.#lock, log };
    this.#mounts = new VolumeMounts(held);
    this.#renames = new VolumeRenames({ metadata, table: this.#table, local: this.#drivers.local, users });
  }

  async reconcile(): Promise<void> {
    this.#renames.reconcile();
    const { local } = this.#drivers;
    for (const name of await local.finishRemovals()) this.#table.delete(name);
    for (const volume of this.#table.all()) {
      if (volume.driver === local.name && !(await local.get(volume))) await this.#finishCreation(volume);
    }
  }

  /** The row comes before what it tells of. */
  async #finishCreation(volume: StoredVolume): Promise<void> {
    try {
      await this.#drivers.local.create(volume);
    } catch (error) {
      this.#log.warn('a volume has no directory', { name: volume.name, error: errorMessage(error) });
    }
  }

  async create(request: CreateVolume): Promise<VolumeRecord> {
    const name = request.name || randomBytes(32).toString('hex');
    return await this.#lock.run(name, () => failsAs(`create ${name}`, () => this.#create(name, request)));
  }

  async #create(name: string, request: CreateVolume): Promise<VolumeRecord> {
    const known = this.#table.get(name);
    const driver = await this.#driverFor(request, known);
    if (known !== undefined && known.driver !== driver.name) {
      throw new EngineError(
        'conflict',
        `driver '${known.driver}' already has volume '${name}': volume name must be unique`,
      );
    }
    const volume = known ?? this.#insert(name, driver, request);
    try {
      await driver.create(volume);
      const kept = await this.#noteMountpoint(volume, driver);
      if (known === undefined) this.#publish(volume, 'create');
      return this.#views.stored(kept, driver);
    } catch (error) {
      if (known === undefined) this.#table.delete(name);
      throw error;
    }
  }

  /** The one that is asked for, else that of a volume that has the name already, wherever it is. */
  async #driverFor(request: CreateVolume, known: StoredVolume | undefined): Promise<VolumeDriver> {
    const wanted = request.driver || known?.driver;
    if (wanted) return await this.#drivers.find(wanted);
    if (!request.name || request.anonymous) return this.#drivers.local;
    return (await this.#views.findElsewhere(request.name))?.driver ?? this.#drivers.local;
  }

  #insert(name: string, driver: VolumeDriver, request: CreateVolume): StoredVolume {
    const volume = {
      name,
      driver: driver.name,
      mountpoint: '',
      createdNs: nowNs(),
      labels: request.labels ?? {},
      options: request.options ?? {},
      anonymous: request.anonymous ?? !request.name,
    };
    this.#table.insert(volume);
    return volume;
  }

  /** Another program's volumes are where it says; those of the local driver need no row for it. */
  async #noteMountpoint(volume: StoredVolume, driver: VolumeDriver): Promise<StoredVolume> {
    if (driver === this.#drivers.local) return volume;
    const { mountpoint = '' } = (await driver.get(volume)) ?? {};
    if (mountpoint !== '') this.#table.setMountpoint(volume.name, mountpoint);
    return { ...volume, mountpoint };
  }

  async list(filter: Filter = {}): Promise<VolumeList> {
    return await this.#views.list(filter);
  }

  async inspect(name: string): Promise<VolumeRecord> {
    return await this.#views.inspect(name);
  }

  async remove(name: string, { force = false }: { readonly force?: boolean } = {}): Promise<void> {
    await this.#lock.run(name, () => this.#remove(name, force));
  }

  async #remove(name: string, force: boolean): Promise<void> {
    const volume = this.#table.get(name);
    const elsewhere = volume === undefined ? await this.#views.findElsewhere(name) : undefined;
    const driver = volume?.driver ?? elsewhere?.driver.name;
    if (driver === undefined) {
      if (force) return;
      throw new EngineError('notFound', messages.noSuchVolume(name));
    }
    const users = new Set([...this.#table.users(name), ...this.#table.mountUsers(name)]);
    if (users.size > 0) throw new EngineError('conflict', messages.volumeInUse(name, [...users]));
    const request = { name, options: volume?.options ?? {} };
    try {
      await failsAs(`remove ${name}`, async () => (await this.#drivers.find(driver)).remove(request));
    } catch (error) {
      if (!force) throw error;
      this.#log.warn('a volume is forgotten that its driver did not remove', {
        name,
        error: errorMessage(error),
      });
    }
    this.#table.delete(name);
    this.#publish({ name, driver }, 'destroy');
  }

  async rename(name: string, newName: string): Promise<VolumeRecord> {
    // In one order, whichever way the names go: two that wait for each other would wait for ever.
    const [first = '', second = ''] = [name, newName].sort();
    const rename = () => failsAs(`rename ${name}`, () => this.#rename(name, newName));
    if (first === second) return await this.#lock.run(first, rename);
    return await this.#lock.run(first, () => this.#lock.run(second, rename));
  }

  async #rename(name: string, newName: string): Promise<VolumeRecord> {
    const volume = this.#table.get(name);
    if (volume === undefined) throw new EngineError('notFound', messages.noSuchVolume(name));
    const { local } = this.#drivers;
    if (volume.driver !== local.name) {
      throw new EngineError('invalid', `volumes of the driver ${volume.driver} cannot be renamed`);
    }
    parseVolumeName(newName);
    if (this.#table.get(newName) !== undefined) {
      throw new EngineError('conflict', `a volume ${newName} exists already`);
    }
    this.#renames.rename(name, newName);
    const attributes = { driver: volume.driver, oldName: name };
    this.#events.publish({ type: 'volume', action: 'rename', id: newName, attributes });
    return await this.inspect(newName);
  }

  async removeOrphan(name: string): Promise<void> {
    await this.#lock.run(name, async () => {
      const isUsed = [...this.#table.users(name), ...this.#table.mountUsers(name)].length > 0;
      if (this.#table.get(name)?.anonymous && !isUsed) await this.#remove(name, true);
    });
  }

  prune(filter: Filter = {}): Promise<{ removed: string[]; reclaimedBytes: number }> {
    return this.#pruning.run(() => this.#prune(filter));
  }

  async #prune(filter: Filter): Promise<{ removed: string[]; reclaimedBytes: number }> {
    const passes = compilePruneFilter(filter, ['label', 'label!', 'all']);
    const all = filterFlag(filter, 'all') ?? false;
    const removed: string[] = [];
    let reclaimedBytes = 0;
    for (const volume of this.#table.all()) {
      const isWanted = volume.driver === this.#drivers.local.name && (all || volume.anonymous);
      if (!isWanted || !passes(volume) || this.#table.users(volume.name).length > 0) continue;
      const bytes = await this.usage(volume.name);
      try {
        await this.remove(volume.name);
      } catch (error) {
        this.#log.warn('a volume was not pruned', { name: volume.name, error: errorMessage(error) });
        continue;
      }
      reclaimedBytes += bytes;
      removed.push(volume.name);
    }
    const attributes = { reclaimed: String(reclaimedBytes) };
    this.#events.publish({ type: 'volume', action: 'prune', id: '', attributes });
    return { removed, reclaimedBytes };
  }

  async usage(name: string): Promise<number> {
    const volume = this.#table.get(name);
    const isHere = volume !== undefined && volume.driver === this.#drivers.local.name;
    return isHere ? await this.#drivers.local.usage(volume) : 0;
  }

  mountpoint(name: string): string {
    return this.#views.mountpoint(name);
  }

  acquire(name: string, containerId: string): void {
    this.#table.use(name, containerId);
  }

  releaseOne(name: string, containerId: string): void {
    this.#table.unuseOne(name, containerId);
  }

  release(containerId: string): void {
    this.#table.unuse(containerId);
  }

  mountUsers(name: string): string[] {
    return this.#table.mountUsers(name);
  }

  isHalfFilled(name: string): boolean {
    return this.#table.isFilling(name);
  }

  noteFilling(name: string, isFilling: boolean): void {
    this.#table.setFilling(name, isFilling);
  }

  async mount(name: string, user: string): Promise<string> {
    return await this.#mounts.mount(name, user);
  }

  async unmount(name: string, user: string): Promise<void> {
    await this.#mounts.unmount(name, user);
  }

  async unmountOthers(users: ReadonlySet<string>): Promise<void> {
    await this.#mounts.unmountOthers(users);
  }

  driverNames(): string[] {
    return this.#drivers.names();
  }

  #publish({ name, driver }: Pick<StoredVolume, 'name' | 'driver'>, action: VolumeAction): void {
    this.#events.publish({ type: 'volume', action, id: name, attributes: { driver } });
  }
}

/** Tells with a failure what was tried. */
async function failsAs<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new EngineError(errorKind(cause), `${what}: ${errorMessage(cause)}`, { cause });
  }
}
