import { readdirSync } from 'node:fs';
import { EngineError, errorKind, KeyedLock } from '#base';
import type { VolumeRecord, Volumes } from '../types.ts';
import type { VolumeHolds } from './holds.ts';
import { clearStage, commitStage, isStageName, openStage, type Stage } from './staged-content.ts';
import type { CloneOptions, ImportOptions } from './types.ts';
import type { VolumeWork, WorkTable } from './work-table.ts';

export interface ReplacementRooms {
  readonly volumes: Volumes;
  readonly table: WorkTable;
  readonly holds: VolumeHolds;
  /** Whether a container of that id runs, or is about to. */
  readonly isActive: (containerId: string) => boolean;
}

/** Puts a new content into an empty directory. */
export type Fill = (directory: string) => Promise<void>;

/** Puts whole contents in the place of others. */
export class Replacements {
  readonly #rooms: ReplacementRooms;
  readonly #table: WorkTable;
  /** By name of the volume. */
  readonly #lock = new KeyedLock();

  constructor(rooms: ReplacementRooms) {
    this.#rooms = rooms;
    this.#table = rooms.table;
  }

  /**
   * Fills a volume, which is made when it is not there, with nothing but what is put into an empty directory.
   * @throws EngineError conflict; whatever making and filling throw
   */
  async replace(target: CloneOptions, fill: Fill, options: ImportOptions): Promise<VolumeRecord> {
    const { name } = target;
    const { volumes } = this.#rooms;
    return await this.#lock.run(name, async () => {
      const isNew = !(await exists(volumes, name));
      const work = this.#table.begin(name, 'filling', { isNew });
      try {
        if (isNew) await volumes.create(target);
        await this.#fill(work, fill, options);
        this.#table.end(work);
      } catch (error) {
        await this.settle(this.#table.get(work.user) ?? work);
        throw error;
      }
      return await volumes.inspect(name);
    });
  }

  async #fill(work: VolumeWork, fill: Fill, { force }: ImportOptions): Promise<void> {
    await using held = await this.#rooms.holds.hold(work);
    const stage = { directory: held.directory, work };
    this.#refuseUnfit(stage, await this.#usersOf(work), force);
    await fill(openStage(stage));
    this.#refuseUnfit(stage, await this.#usersOf(work), force);
    await commitStage(this.#table, stage);
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
  async settle(work: VolumeWork): Promise<void> {
    const { volumes } = this.#rooms;
    const isDone = work.phase === 'complete' || work.phase === 'cleared';
    if (await exists(volumes, work.volume)) {
      await using held = await this.#rooms.holds.hold(work);
      const stage = { directory: held.directory, work };
      if (isDone) await commitStage(this.#table, stage);
      else if (work.phase === 'filling') await clearStage(stage);
    }
    if (work.isNew && !isDone) await this.#giveBack(work);
    this.#table.end(work);
  }

  /** A volume that somebody has begun to use meanwhile stays, empty. */
  async #giveBack({ volume }: VolumeWork): Promise<void> {
    try {
      await this.#rooms.volumes.remove(volume, { force: true });
    } catch (error) {
      if (errorKind(error) !== 'conflict') throw error;
    }
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
