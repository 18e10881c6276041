import { type AnyDigest, KeyedLock } from '#base';
import type { Records } from '../records/records.ts';
import type { BlobStorage, OpenBlob } from '../storage/types.ts';

/** Stored bytes and their records, kept in step: one writer a digest. */
export class Shelf {
  readonly #storage: BlobStorage;
  readonly #records: Records;
  readonly #lock = new KeyedLock();

  constructor(storage: BlobStorage, records: Records) {
    this.#storage = storage;
    this.#records = records;
  }

  /**
   * Stores a whole file of known digest, and in the same step what `note` writes of who owns it.
   * A crash in between leaves bytes without a record, which the collector finds.
   */
  keep(file: string, digest: AnyDigest, size: number, note: () => void): Promise<void> {
    return this.#lock.run(digest, async () => {
      await this.#storage.adopt(file, digest);
      this.#records.transaction(() => {
        this.#records.blobs.add(digest, size);
        note();
      });
    });
  }

  /** @throws EngineError notFound, when the bytes are lost */
  open(digest: AnyDigest): Promise<OpenBlob> {
    return this.#storage.open(digest);
  }

  /** Removes a blob unless somebody owns it by now. @returns whether it went */
  dropUnowned(digest: AnyDigest): Promise<boolean> {
    return this.#lock.run(digest, async () => {
      if (!this.#records.blobs.forgetUnowned(digest)) return false;
      await this.#storage.delete(digest);
      return true;
    });
  }

  /** Removes bytes older than `beforeMs` that no record knows. @returns how many */
  async dropUnknown(beforeMs: number): Promise<number> {
    let dropped = 0;
    for await (const { digest, modifiedMs } of this.#storage.list()) {
      if (modifiedMs >= beforeMs || this.#records.blobs.sizeOf(digest) !== undefined) continue;
      if (await this.dropUnowned(digest)) dropped += 1;
    }
    return dropped;
  }
}
