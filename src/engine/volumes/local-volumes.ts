import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messages } from '#api';
import {
  checkFilterKeys,
  compilePruneFilter,
  EngineError,
  type Filter,
  filterFlag,
  filterPasses,
  labelsPass,
  nowNs,
  pruneRefusal,
  SingleRun,
  undefinedFor,
} from '#base';
import type { Events, VolumeAction } from '#engine/events';
import { measureTree } from '#linux';
import type { Metadata } from '#store/metadata';
import type { CreateVolume, VolumeRecord, Volumes } from './types.ts';
import { parseVolumeName } from './volume-name.ts';
import { type StoredVolume, VolumeStore } from './volume-store.ts';

export interface VolumeRooms {
  readonly metadata: Metadata;
  readonly events: Pick<Events, 'publish'>;
  /** The directory that holds all volumes. */
  readonly root: string;
}

/** How the directory of a volume is called while it is removed; no volume's name begins with a dot. */
const removedPrefix = '.removed-';

/** The volumes of one data root. */
export class LocalVolumes implements Volumes {
  readonly #store: VolumeStore;
  readonly #events: Pick<Events, 'publish'>;
  readonly #root: string;
  readonly #pruning = new SingleRun(pruneRefusal);

  constructor({ metadata, events, root }: VolumeRooms) {
    this.#store = new VolumeStore(metadata);
    this.#events = events;
    this.#root = root;
  }

  async reconcile(): Promise<void> {
    const names = (await readdir(this.#root).catch(undefinedFor('ENOENT'))) ?? [];
    for (const name of names.filter((name) => name.startsWith(removedPrefix))) {
      const volume = name.slice(removedPrefix.length);
      if (!existsSync(join(this.#root, volume))) this.#store.delete(volume);
      await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }

  async create(request: CreateVolume): Promise<VolumeRecord> {
    const name = request.name || randomBytes(32).toString('hex');
    refuseUnsupported(name, request);
    const known = this.#store.get(name);
    const volume = known ?? this.#insert(name, request);
    try {
      await mkdir(this.mountpoint(name), { recursive: true, mode: 0o755 });
    } catch (error) {
      if (known === undefined) this.#store.delete(name);
      throw error;
    }
    if (known === undefined) this.#publish(name, 'create');
    return this.#view(volume);
  }

  #insert(name: string, request: CreateVolume): StoredVolume {
    const volume = {
      name,
      createdNs: nowNs(),
      labels: request.labels ?? {},
      options: request.options ?? {},
      anonymous: request.anonymous ?? !request.name,
    };
    this.#store.insert(volume);
    return volume;
  }

  list(filter: Filter = {}): VolumeRecord[] {
    checkFilterKeys(filter, ['dangling', 'driver', 'label', 'name']);
    const dangling = filterFlag(filter, 'dangling');
    return this.#store
      .all()
      .map((volume) => this.#view(volume))
      .filter(
        (volume) =>
          (dangling === undefined || dangling === (volume.users.length === 0)) &&
          filterPasses(filter, 'driver', (value) => value === volume.driver) &&
          filterPasses(filter, 'name', (value) => volume.name.includes(value)) &&
          labelsPass(filter, volume.labels),
      );
  }

  inspect(name: string): VolumeRecord {
    const volume = this.#store.get(name);
    if (volume === undefined) throw new EngineError('notFound', messages.noSuchVolume(name));
    return this.#view(volume);
  }

  async remove(name: string, options: { readonly force?: boolean } = {}): Promise<void> {
    if (this.#store.get(name) === undefined) {
      if (options.force) return;
      throw new EngineError('notFound', messages.noSuchVolume(name));
    }
    const users = this.#store.users(name);
    if (users.length > 0) throw new EngineError('conflict', messages.volumeInUse(name, users));
    const removed = join(this.#root, `${removedPrefix}${name}`);
    await rm(removed, { recursive: true, force: true });
    await rename(join(this.#root, name), removed).catch(undefinedFor('ENOENT'));
    this.#store.delete(name);
    await rm(removed, { recursive: true, force: true });
    this.#publish(name, 'destroy');
  }

  async removeOrphan(name: string): Promise<void> {
    const isOrphan = this.#store.get(name)?.anonymous && this.#store.users(name).length === 0;
    if (isOrphan) await this.remove(name, { force: true });
  }

  prune(filter: Filter = {}): Promise<{ removed: string[]; reclaimedBytes: number }> {
    return this.#pruning.run(() => this.#prune(filter));
  }

  async #prune(filter: Filter): Promise<{ removed: string[]; reclaimedBytes: number }> {
    const passes = compilePruneFilter(filter, ['label', 'label!', 'all']);
    const all = filterFlag(filter, 'all') ?? false;
    const removed: string[] = [];
    let reclaimedBytes = 0;
    for (const volume of this.list({ dangling: ['true'] })) {
      if (!(all || volume.anonymous) || !passes(volume)) continue;
      reclaimedBytes += await this.usage(volume.name);
      await this.remove(volume.name);
      removed.push(volume.name);
    }
    const attributes = { reclaimed: String(reclaimedBytes) };
    this.#events.publish({ type: 'volume', action: 'prune', id: '', attributes });
    return { removed, reclaimedBytes };
  }

  async usage(name: string): Promise<number> {
    return (await measureTree(this.mountpoint(name))).diskBytes;
  }

  mountpoint(name: string): string {
    return join(this.#root, name, '_data');
  }

  acquire(name: string, containerId: string): void {
    this.#store.use(name, containerId);
  }

  releaseOne(name: string, containerId: string): void {
    this.#store.unuseOne(name, containerId);
  }

  release(containerId: string): void {
    this.#store.unuse(containerId);
  }

  #view(volume: StoredVolume): VolumeRecord {
    return {
      ...volume,
      driver: 'local',
      mountpoint: this.mountpoint(volume.name),
      users: this.#store.users(volume.name),
    };
  }

  #publish(name: string, action: VolumeAction): void {
    this.#events.publish({ type: 'volume', action, id: name, attributes: { driver: 'local' } });
  }
}

function refuseUnsupported(name: string, { driver = 'local', options = {} }: CreateVolume): void {
  if (driver !== '' && driver !== 'local') {
    throw new EngineError(
      'notFound',
      `create ${name}: error looking up volume plugin ${driver}: plugin "${driver}" not found`,
    );
  }
  parseVolumeName(name);
  const option = Object.keys(options)[0];
  if (option !== undefined) throw new EngineError('invalid', `create ${name}: invalid option: "${option}"`);
}
