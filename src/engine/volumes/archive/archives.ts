import { errorMessage, type Log } from '#base';
import { encodeTar, readTarStream } from '#oci';
import { type Compressors, compressStream, decompress } from '#store/content';
import type { PathStat } from '#tree';
import type { VolumeRecord, Volumes } from '../types.ts';
import { VolumeHolds } from './holds.ts';
import { copyContent, fillDirectory, readMembers } from './members.ts';
import { Replacements } from './replacements.ts';
import { type SnapshotRooms, VolumeSnapshots } from './snapshots.ts';
import type {
  CloneOptions,
  ExportOptions,
  ImportOptions,
  PathReading,
  VolumeArchives,
  VolumeSnapshot,
  WritePathOptions,
} from './types.ts';
import { readVolumePath, statVolumePath, writeVolumePath } from './volume-paths.ts';
import { WorkTable } from './work-table.ts';

export interface ArchiveRooms extends SnapshotRooms {
  readonly volumes: Volumes;
  readonly log: Log;
  readonly compressors: Compressors;
  /** Whether a container of that id runs, or is about to. */
  readonly isActive: (containerId: string) => boolean;
}

/** Whole contents of volumes, over the door of the volumes alone. */
export class ArchiveEngine implements VolumeArchives {
  readonly #rooms: ArchiveRooms;
  readonly #table: WorkTable;
  readonly #holds: VolumeHolds;
  readonly #replacements: Replacements;
  readonly #snapshots: VolumeSnapshots;

  constructor(rooms: ArchiveRooms) {
    this.#rooms = rooms;
    this.#table = new WorkTable(rooms.metadata);
    this.#holds = new VolumeHolds(rooms.volumes, this.#table);
    this.#replacements = new Replacements({ ...rooms, table: this.#table, holds: this.#holds });
    this.#snapshots = new VolumeSnapshots(rooms);
  }

  async reconcile(): Promise<void> {
    await this.#snapshots.reconcile();
    for (const work of this.#table.all()) {
      try {
        await this.#replacements.settle(work);
      } catch (error) {
        const told = { volume: work.volume, error: errorMessage(error) };
        this.#rooms.log.error('work on a volume was left as it was', told);
      }
    }
  }

  async export(
    name: string,
    { compression }: ExportOptions,
    signal: AbortSignal,
  ): Promise<AsyncIterable<Uint8Array>> {
    const { volumes, compressors } = this.#rooms;
    await volumes.inspect(name);
    const tar = this.#export(name, signal);
    return compression === undefined ? tar : compressStream(compressors, tar, compression);
  }

  async *#export(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await using held = await this.#holds.holdToRead(name);
    yield* encodeTar(readMembers(held.directory, signal));
  }

  async import(name: string, tar: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<VolumeRecord> {
    const members = readTarStream(decompress(tar), { needsMark: true });
    return await this.#replacements.replace({ name }, (into) => fillDirectory(into, members), options);
  }

  async clone(source: string, options: CloneOptions, signal: AbortSignal): Promise<VolumeRecord> {
    const { labels } = await this.#rooms.volumes.inspect(source);
    await using held = await this.#holds.holdToRead(source);
    const fill = (into: string) => copyContent(held.directory, into, { signal });
    return await this.#replacements.replace({ labels, ...options }, fill, { force: false });
  }

  async snapshot(volume: string, name: string, signal: AbortSignal): Promise<VolumeSnapshot> {
    await using held = await this.#holds.holdToRead(volume);
    return await this.#snapshots.create({ volume, name }, held.directory, signal);
  }

  snapshots(volume?: string): VolumeSnapshot[] {
    return this.#snapshots.list(volume);
  }

  async removeSnapshot(ref: string): Promise<void> {
    await this.#snapshots.remove(ref);
  }

  async restore(volume: string, snapshot: string, options: ImportOptions): Promise<VolumeRecord> {
    return await this.#snapshots.use(snapshot, volume, async (from) => {
      const fill = (into: string) => copyContent(from, into, {});
      return await this.#replacements.replace({ name: volume }, fill, options);
    });
  }

  async snapshotUsage(): Promise<number> {
    return await this.#snapshots.usage();
  }

  volumeRenamed(name: string, newName: string): void {
    this.#snapshots.volumeRenamed(name, newName);
  }

  async statPath(volume: string, path: string): Promise<PathStat> {
    await using held = await this.#holds.holdToRead(volume);
    return statVolumePath(held.directory, { volume, path });
  }

  async readPath(volume: string, path: string, signal: AbortSignal): Promise<PathReading> {
    return { stat: await this.statPath(volume, path), tar: this.#readPath(volume, path, signal) };
  }

  /** Holds the volume only when somebody begins to read. */
  async *#readPath(volume: string, path: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await using held = await this.#holds.holdToRead(volume);
    yield* readVolumePath(held.directory, { volume, path }, signal);
  }

  async writePath(
    volume: string,
    path: string,
    tar: AsyncIterable<Uint8Array>,
    { noOverwriteDirNonDir }: WritePathOptions,
  ): Promise<void> {
    await using held = await this.#holds.holdToRead(volume);
    await writeVolumePath(held.directory, { volume, path }, tar, noOverwriteDirNonDir);
  }
}
