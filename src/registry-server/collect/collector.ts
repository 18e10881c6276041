import { errorMessage, type Log, SingleRun } from '#base';
import type { Records } from '../records/records.ts';
import type { Registry } from '../registry/registry.ts';
import type { CollectSettings } from '../settings/settings.ts';

/** However short the grace, a push has so long to come to its manifest. */
const pushTimeMs = 60 * 60_000;

/** What one collection removed. */
export interface Collected {
  readonly blobs: number;
  readonly uploads: number;
}

/**
 * Removes what no manifest is made of, while everything goes on being served and pushed. A blob that was pushed,
 * mounted or asked for within the grace stays, and one that no manifest has named since then for an hour at least: a
 * push in flight may rely on it. Killed at any point it leaves a whole
 * registry, and the next run goes on.
 */
export class Collector {
  readonly #registry: Registry;
  readonly #records: Records;
  readonly #settings: CollectSettings;
  readonly #log: Log;
  readonly #single = new SingleRun('garbage is being collected');
  runs = 0;

  constructor(registry: Registry, records: Records, settings: CollectSettings, log: Log) {
    this.#registry = registry;
    this.#records = records;
    this.#settings = settings;
    this.#log = log;
  }

  /** Collects at once and then now and then, until it is disposed of. */
  start(before: () => Promise<void> = async () => {}): Disposable {
    const { intervalMs } = this.#settings;
    if (intervalMs === 0) return { [Symbol.dispose]() {} };
    const tell = (error: unknown) => this.#log.error(`garbage was not collected: ${errorMessage(error)}`);
    const run = () =>
      void before()
        .then(() => this.collect())
        .catch(tell);
    const timer = setInterval(run, intervalMs);
    run();
    return { [Symbol.dispose]: () => clearInterval(timer) };
  }

  /** @throws EngineError conflict, while another collection runs */
  collect(now = Date.now()): Promise<Collected> {
    return this.#single.run(async () => {
      const { graceMs, uploadExpiryMs } = this.#settings;
      const uploads = await this.#registry.uploads.expire(now - uploadExpiryMs);
      this.#records.transaction(() => {
        this.#records.blobs.unlinkUnused(now - graceMs, now - Math.max(graceMs, pushTimeMs));
        this.#records.repositories.deleteEmpty();
      });
      let blobs = 0;
      for (const digest of this.#records.blobs.listUnowned()) {
        if (await this.#registry.shelf.dropUnowned(digest)) blobs += 1;
      }
      blobs += await this.#registry.shelf.dropUnknown(now - graceMs);
      this.runs += 1;
      this.#log.info('garbage collected', { blobs, uploads });
      return { blobs, uploads };
    });
  }
}
