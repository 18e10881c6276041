import { readdirSync } from 'node:fs';
import { EngineError, errorKind, errorMessage, KeyedLock, type Log } from '#base';
import { encodeTar, readTarStream, type TarMembers } from '#oci';
import { decompress } from '#store/content';
import type { Metadata } from '#store/metadata';
import type { PathStat } from '#tree';
import type { VolumeRecord, Volumes } from '../types.ts';
import { VolumeHolds } from './holds.ts';
import { fillDirectory, readMembers } from './members.ts';
import { clearStage, commitStage, isStageName, openStage, type Stage } from './staged-content.ts';
import type { CloneOptions, ImportOptions, PathReading, VolumeArchives, WritePathOptions } from './types.ts';
import { readVolumePath, statVolumePath, writeVolumePath } from './volume-paths.ts';
import { type VolumeWork, WorkTable } from './work-table.ts';

export interface ArchiveRooms {
  readonly metadata: Metadata;
  readonly volumes: Volumes;
  readonly log: Log;
  /** Whether a container of that id runs, or is about to. */
  readonly isActive: (containerId: string) => boolean;
}

/** Whole contents of volumes, over the door of the volumes alone. */
export class ArchiveEngine implements VolumeArchives {
  readonly #rooms: ArchiveRooms;
  readonly #table: WorkTable;
  readonly #holds: VolumeHolds;
  /** Held by whatever replaces a volume's content. */
  readonly #lock = new KeyedLock();

  constructor(rooms: ArchiveRooms) {
    this.#rooms = rooms;
    this.#table = new WorkTable(rooms.metadata);
    this.#holds = new VolumeHolds(rooms.volumes, this.#table);
  }

  async reconcile(): Promise<void> {
    for (const work of this.#table.all()) {
      try {
        await this.#settle(work);
      } catch (error) {
        const told = { volume: work.volume, error: errorMessage(error) };
        this.#rooms.log.error('work on a volume was left as it was', told);
      }
    }
  }

  async export(name: string, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    await this.#rooms.volumes.inspect(name);
    return this.#export(name, signal);
  }

  async *#export(name: string, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    await using held = await this.#holds.holdToRead(name);
    yield* encodeTar(readMembers(held.directory, signal));
  }

  async import(name: string, tar: AsyncIterable<Uint8Array>, options: ImportOptions): Promise<VolumeRecord> {
    const members = readTarStream(decompress(tar));
    return await this.#replace({ name }, members, options);
  }

  async clone(source: string, options: CloneOptions, signal: AbortSignal): Promise<VolumeRecord> {
    const { labels } = await this.#rooms.volumes.inspect(source);
    await using held = await this.#holds.holdToRead(source);
    return await this.#replace({ labels, ...options }, readMembers(held.directory, signal), { force: false });
  }

  async statPath(volume: string, path: string): Promise<PathStat> {
    await using held = await this.#holds.holdToRead(volume);
    return statVolumePath(held.directory, { volume, path });
  }

  async readPath(volume: string, path: string, signal: AbortSignal): Promise<PathReading> {
    await using open = new AsyncDisposableStack();
    const { directory } = open.use(await this.#holds.holdToRead(volume));
    const { stat, tar } = readVolumePath(directory, { volume, path }, signal);
    const held = open.move();
    const whole = async function* () {
      await using _held = held;
      yield* tar;
    };
    return { stat, tar: whole() };
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

  /** Fills a volume, which is made when it is not there, with nothing but what the members describe. */
  async #replace(target: CloneOptions, members: TarMembers, options: ImportOptions): Promise<VolumeRecord> {
    const { name } = target;
    const { volumes } = this.#rooms;
    return await this.#lock.run(name, async () => {
      const isNew = !(await exists(volumes, name));
      const work = this.#table.begin(name, 'filling', { isNew });
      try {
        if (isNew) await volumes.create(target);
        await this.#fill(work, members, options);
        this.#table.end(work);
      } catch (error) {
        await this.#settle(this.#table.get(work.user) ?? work);
        throw error;
      }
      return await volumes.inspect(name);
    });
  }

  async #fill(work: VolumeWork, members: TarMembers, { force }: ImportOptions): Promise<void> {
    await using held = await this.#holds.hold(work);
    const stage = { directory: held.directory, work };
    this.#refuseUnfit(stage, await this.#usersOf(work), force);
    await fillDirectory(openStage(stage), members);
    this.#refuseUnfit(stage, await this.#usersOf(work), force);
    commitStage(this.#table, stage);
  }

  async #usersOf({ volume }: VolumeWork): Promise<readonly string[]> {
    return (await this.#rooms.volumes.inspect(volume)).users;
  }

  /** @throws EngineError conflict, when what is there may not be replaced */
  #refuseUnfit({ directory, work }: Stage, users: readonly string[], force: boolean): void {
    const active = users.filter(this.#rooms.isActive);
    if (active.length > 0) {
      throw new EngineError(
        'conflict',
        `volume ${work.volume} is used by running containers: ${active.join(', ')}`,
      );
    }
    if (force || readdirSync(directory).every(isStageName)) return;
    throw new EngineError('conflict', `volume ${work.volume} is not empty`);
  }

  /** Finishes work that was complete, undoes what was not; volumes that were made for it go. */
  async #settle(work: VolumeWork): Promise<void> {
    const { volumes } = this.#rooms;
    const isDone = work.phase === 'complete' || work.phase === 'cleared';
    if (await exists(volumes, work.volume)) {
      await using held = await this.#holds.hold(work);
      const stage = { directory: held.directory, work };
      if (isDone) commitStage(this.#table, stage);
      else if (work.phase === 'filling') clearStage(stage);
    }
    if (work.isNew && !isDone) await volumes.remove(work.volume, { force: true });
    this.#table.end(work);
  }
}

async function exists(volumes: Volumes, name: string): Promise<boolean> {
  try {
    await volumes.inspect(name);
    return true;
  } catch (error) {
    if (errorKind(error) === 'notFound') return false;
    throw error;
  }
}
