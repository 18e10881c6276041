import { type DiffId, type Digest, nowNs } from '#base';
import type { Metadata, SqlRow } from '#store/metadata';
import type { Layers } from '#store/snapshots';

/** What a step made, kept so that the same step need not run again. */
export interface CacheRecord {
  /** Digest of all that the result depends on. */
  readonly key: Digest;
  readonly layer: DiffId;
  /** The records of the steps that it was built on. */
  readonly parents: readonly Digest[];
  readonly description: string;
  readonly createdNs: bigint;
  readonly usedNs: bigint;
  /** How often it was used after it was made. */
  readonly uses: number;
}

const steps = [
  `CREATE TABLE build_cache (
     key TEXT PRIMARY KEY,
     layer TEXT NOT NULL,
     parents TEXT NOT NULL,
     description TEXT NOT NULL,
     created_ns TEXT NOT NULL,
     used_ns TEXT NOT NULL,
     uses INTEGER NOT NULL
   ) STRICT`,
];

/** The results of steps, by content. Each record keeps its layer from collection. */
export class BuildCache {
  readonly #metadata: Metadata;
  readonly #layers: Layers;

  constructor(metadata: Metadata, layers: Layers) {
    this.#metadata = metadata;
    this.#layers = layers;
    metadata.migrate('builder', steps);
  }

  /** The record of a key whose layer is here; notes that it is used. */
  use(key: Digest): CacheRecord | undefined {
    const row = this.#metadata.get('SELECT * FROM build_cache WHERE key = ?', key);
    const record = row && decodeRow(row);
    if (record === undefined) return undefined;
    if (this.#layers.get(record.layer) === undefined) {
      this.remove(key);
      return undefined;
    }
    const sql = 'UPDATE build_cache SET used_ns = ?, uses = uses + 1 WHERE key = ?';
    this.#metadata.run(sql, String(nowNs()), key);
    return record;
  }

  /** Keeps a result, in the place of an earlier one. The caller holds the layer. */
  put(made: Pick<CacheRecord, 'key' | 'layer' | 'parents' | 'description'>): CacheRecord {
    const { key, layer, parents, description } = made;
    const now = nowNs();
    this.#metadata.transaction(() => {
      this.#metadata.run(
        'INSERT OR REPLACE INTO build_cache VALUES (?, ?, ?, ?, ?, ?, 0)',
        ...[key, layer, JSON.stringify(parents), description, String(now), String(now)],
      );
      this.#layers.use(ownerOf(key), [layer]);
    });
    return { ...made, createdNs: now, usedNs: now, uses: 0 };
  }

  /** Oldest use first. */
  list(): CacheRecord[] {
    return this.#metadata.all('SELECT * FROM build_cache ORDER BY used_ns').map(decodeRow);
  }

  /** Forgets a record; its layer goes with the next collection, unless an image has it. */
  remove(key: Digest): void {
    this.#metadata.transaction(() => {
      this.#metadata.run('DELETE FROM build_cache WHERE key = ?', key);
      this.#layers.release(ownerOf(key));
    });
  }
}

function ownerOf(key: Digest): string {
  return `build:${key}`;
}

function decodeRow(row: SqlRow): CacheRecord {
  return {
    key: String(row.key) as Digest,
    layer: String(row.layer) as DiffId,
    parents: JSON.parse(String(row.parents)),
    description: String(row.description),
    createdNs: BigInt(String(row.created_ns)),
    usedNs: BigInt(String(row.used_ns)),
    uses: Number(row.uses),
  };
}
