import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError, formatTimestamp, KeyedLock, nowNs, undefinedFor } from '#base';
import { measureTree } from '#linux';
import type { Metadata } from '#store/metadata';
import { copyContent } from './members.ts';
import { SnapshotTable } from './snapshot-table.ts';
import type { VolumeSnapshot } from './types.ts';

/** How a snapshot's directory is called while it is made; no id begins with a dot. */
const makingPrefix = '.making-';
const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

/** More than the clock of files needs for a step. */
const clockTickNs = 1_000_000_000n;

export interface SnapshotRooms {
  readonly metadata: Metadata;
  /** The directory that holds the snapshots. */
  readonly snapshotRoot: string;
  /** Nanoseconds since 1970; absent: the clock's. */
  readonly now?: () => bigint;
}

/** What is to be kept. */
interface SnapshotWish {
  readonly volume: string;
  readonly name: string;
}

/**
 * Copies of volumes as they were. A file that has not changed since the snapshot before is one more name of that one's
 * copy; others share their blocks with the volume where the file system can. A snapshot is a row when its directory is
 * whole, and no row when the directory begins to go.
 */
export class VolumeSnapshots {
  readonly #table: SnapshotTable;
  readonly #root: string;
  readonly #now: () => bigint;
  /** By name of the volume: held by who makes, reads or removes one of its snapshots. */
  readonly #lock = new KeyedLock();

  constructor({ metadata, snapshotRoot, now = nowNs }: SnapshotRooms) {
    this.#table = new SnapshotTable(metadata);
    this.#root = snapshotRoot;
    this.#now = now;
  }

  /** Removes what an earlier daemon was killed in. */
  async reconcile(): Promise<void> {
    const known = new Set(this.#table.all().map(({ id }) => id));
    for (const entry of (await readdir(this.#root).catch(undefinedFor('ENOENT'))) ?? []) {
      if (!known.has(entry)) await rm(join(this.#root, entry), { recursive: true, force: true });
    }
  }

  /** @param wish an empty name: made of the time */
  async create(wish: SnapshotWish, directory: string, signal: AbortSignal): Promise<VolumeSnapshot> {
    return await this.#lock.run(wish.volume, () => this.#create(wish, directory, signal));
  }

  async #create(
    { volume, name }: SnapshotWish,
    directory: string,
    signal: AbortSignal,
  ): Promise<VolumeSnapshot> {
    const earlier = this.list(volume)[0];
    const createdNs = this.#now();
    const chosen = name || formatTimestamp(createdNs).replaceAll(/[-:]/g, '').replace('T', '-').slice(0, 15);
    this.#refuseName(volume, chosen);
    const snapshot = { id: randomBytes(6).toString('hex'), volume, name: chosen, createdNs };
    const making = join(this.#root, `${makingPrefix}${snapshot.id}`);
    mkdirSync(making, { recursive: true, mode: 0o700 });
    try {
      const since = earlier === undefined ? {} : { earlier: join(this.#root, earlier.id) };
      await copyContent(directory, making, { signal, marksBeforeNs: createdNs - clockTickNs, ...since });
      renameSync(making, join(this.#root, snapshot.id));
      this.#table.insert(snapshot);
    } catch (error) {
      for (const path of [making, join(this.#root, snapshot.id)])
        rmSync(path, { recursive: true, force: true });
      throw error;
    }
    return snapshot;
  }

  /** Newest first. */
  list(volume?: string): VolumeSnapshot[] {
    const all = this.#table.all();
    return volume === undefined ? all : all.filter((snapshot) => snapshot.volume === volume);
  }

  async remove(ref: string): Promise<void> {
    await this.#lock.run(this.#find(ref).volume, async () => {
      const { id } = this.#find(ref);
      this.#table.delete(id);
      await rm(join(this.#root, id), { recursive: true, force: true });
    });
  }

  /** Works with a snapshot's directory, which stays meanwhile. @param volume whose one a name alone means */
  async use<T>(ref: string, volume: string, work: (directory: string) => Promise<T>): Promise<T> {
    return await this.#lock.run(this.#find(ref, volume).volume, () =>
      work(join(this.#root, this.#find(ref, volume).id)),
    );
  }

  async usage(): Promise<number> {
    return existsSync(this.#root) ? (await measureTree(this.#root)).diskBytes : 0;
  }

  volumeRenamed(name: string, newName: string): void {
    this.#table.volumeRenamed(name, newName);
  }

  /** By id, `VOLUME@NAME`, or the name alone where the volume is known. @throws EngineError notFound */
  #find(ref: string, volume?: string): VolumeSnapshot {
    const found = this.#table
      .all()
      .find(
        (snapshot) =>
          snapshot.id === ref ||
          `${snapshot.volume}@${snapshot.name}` === ref ||
          (snapshot.volume === volume && snapshot.name === ref),
      );
    if (found === undefined) throw new EngineError('notFound', `no such snapshot: ${ref}`);
    return found;
  }

  #refuseName(volume: string, name: string): void {
    if (!namePattern.test(name)) throw new EngineError('invalid', `invalid name of a snapshot: "${name}"`);
    if (this.list(volume).some((snapshot) => snapshot.name === name)) {
      throw new EngineError('conflict', `volume ${volume} has a snapshot ${name} already`);
    }
  }
}
