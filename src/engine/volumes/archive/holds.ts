import type { Volumes } from '../types.ts';
import type { VolumeWork, WorkTable } from './work-table.ts';

/** A volume that stays while somebody works with its files. */
export interface HeldVolume extends AsyncDisposable {
  /** Where its files are. */
  readonly directory: string;
}

/** Keeps volumes there, and mounted, while the engine works with their files. */
export class VolumeHolds {
  readonly #volumes: Volumes;
  readonly #table: WorkTable;

  constructor(volumes: Volumes, table: WorkTable) {
    this.#volumes = volumes;
    this.#table = table;
  }

  /** For work of its own, which ends with the hold. @throws EngineError notFound */
  async holdToRead(volume: string): Promise<HeldVolume> {
    // For its refusal.
    await this.#volumes.inspect(volume);
    const work = this.#table.begin(volume, 'reading');
    await using begun = new AsyncDisposableStack();
    begun.defer(() => this.#table.end(work));
    const { directory } = begun.use(await this.hold(work));
    const held = begun.move();
    return { directory, [Symbol.asyncDispose]: () => held.disposeAsync() };
  }

  /** While work that is noted goes on. */
  async hold({ user, volume }: VolumeWork): Promise<HeldVolume> {
    this.#volumes.acquire(volume, user);
    const release = async () => {
      this.#volumes.releaseOne(volume, user);
      await this.#volumes.unmount(volume, user);
    };
    try {
      const directory = await this.#volumes.mount(volume, user);
      return { directory, [Symbol.asyncDispose]: release };
    } catch (error) {
      await release();
      throw error;
    }
  }
}
