import { type DiffId, type Digest, nowNs } from '#base';
import type { Descriptor } from '#oci';
import type { Metadata } from '#store/metadata';

/** The bytes of a layer as some manifest names them: mostly its tar compressed, or the tar itself. */
export interface LayerForm {
  readonly diffId: DiffId;
  readonly descriptor: Descriptor;
  /** Whether the bytes are here, as a blob of the content store, because nobody else has them. */
  readonly kept: boolean;
}

/** A repository that has, or had, a form. */
export interface FormOrigin {
  /** The registry's host as references name it: `docker.io`, `localhost:5000`. */
  readonly domain: string;
  readonly repository: string;
}

const rememberedNs = 30n * 24n * 60n * 60n * 1_000_000_000n;

const tables: readonly string[] = [
  `CREATE TABLE layer_form (
     digest TEXT PRIMARY KEY, diff_id TEXT NOT NULL, size_bytes INTEGER NOT NULL, media_type TEXT NOT NULL,
     kept INTEGER NOT NULL
   ) STRICT`,
  'CREATE INDEX layer_form_by_layer ON layer_form (diff_id)',
  `CREATE TABLE form_origin (
     digest TEXT NOT NULL, domain TEXT NOT NULL, repository TEXT NOT NULL, seen_ns INTEGER NOT NULL,
     PRIMARY KEY (digest, domain, repository)
   ) STRICT`,
];

/**
 * In which forms each layer was seen, and where each of them may be got from: what lets a push send, mount or skip
 * the very bytes that a registry knows although only the tar is kept here (docs/decisions/0012).
 *
 * A form says nothing about whether its layer is here: those that registries have outlive their layers for a month.
 */
export class LayerForms {
  readonly #metadata: Metadata;

  constructor(metadata: Metadata) {
    this.#metadata = metadata;
    metadata.migrate('layer forms', tables);
  }

  /**
   * Notes a form whose bytes were seen to give the layer: that a manifest pairs the two is not enough. A form that is
   * known stays as it is.
   */
  record(diffId: DiffId, { digest, size, mediaType }: Descriptor): void {
    const sql = 'INSERT OR IGNORE INTO layer_form VALUES (?, ?, ?, ?, 0)';
    this.#metadata.run(sql, digest, diffId, size, mediaType);
  }

  /** Notes that a repository had a form just now; without effect unless the form is known to be the layer's. */
  noteOrigin(diffId: DiffId, digest: Digest, { domain, repository }: FormOrigin): void {
    const sql = `INSERT OR REPLACE INTO form_origin
         SELECT digest, ?, ?, ? FROM layer_form WHERE digest = ? AND diff_id = ?`;
    this.#metadata.run(sql, domain, repository, nowNs(), digest, diffId);
  }

  /** Notes a form whose bytes the caller has put into the content store: they stay as long as the layer, or until `drop`. */
  keep(diffId: DiffId, descriptor: Descriptor): void {
    this.record(diffId, descriptor);
    this.#metadata.run('UPDATE layer_form SET kept = 1 WHERE digest = ?', descriptor.digest);
  }

  /** Forgets that a form's bytes are here; those are the caller's to delete. */
  drop(digest: Digest): void {
    this.#metadata.run('UPDATE layer_form SET kept = 0 WHERE digest = ?', digest);
  }

  /** The layer that has this form. */
  layerOf(digest: Digest): DiffId | undefined {
    const row = this.#metadata.get('SELECT diff_id FROM layer_form WHERE digest = ?', digest);
    return row?.diff_id as DiffId | undefined;
  }

  /** Every form of a layer, kept ones first. */
  of(diffId: DiffId): LayerForm[] {
    const sql = 'SELECT * FROM layer_form WHERE diff_id = ? ORDER BY kept DESC, rowid';
    return this.#metadata.all(sql, diffId).map((row) => ({
      diffId,
      descriptor: {
        mediaType: String(row.media_type),
        digest: row.digest as Digest,
        size: Number(row.size_bytes),
      },
      kept: row.kept === 1,
    }));
  }

  /** The repositories that had a form, last seen first. */
  origins(digest: Digest): FormOrigin[] {
    const sql = 'SELECT domain, repository FROM form_origin WHERE digest = ? ORDER BY seen_ns DESC';
    return this.#metadata.all(sql, digest).map((row) => ({
      domain: String(row.domain),
      repository: String(row.repository),
    }));
  }

  /** Takes back that a repository has a form: it said that it has not. */
  forgetOrigin(digest: Digest, { domain, repository }: FormOrigin): void {
    const where = 'digest = ? AND domain = ? AND repository = ?';
    this.#metadata.run(`DELETE FROM form_origin WHERE ${where}`, digest, domain, repository);
  }

  /** The blobs of the content store that are there because they are kept forms. */
  keptBlobs(): Digest[] {
    const rows = this.#metadata.all('SELECT digest FROM layer_form WHERE kept = 1');
    return rows.map((row) => row.digest as Digest);
  }

  /**
   * Notes that layers are here no more: their kept forms are not either, and blobs of these are the caller's to delete
   * afterwards. What a registry has of them stays known, for they may come again.
   */
  release(diffIds: readonly DiffId[]): void {
    const unknown = 'digest NOT IN (SELECT digest FROM form_origin)';
    this.#metadata.transaction(() => {
      for (const diffId of diffIds) {
        this.#metadata.run('UPDATE layer_form SET kept = 0 WHERE diff_id = ?', diffId);
        this.#metadata.run(`DELETE FROM layer_form WHERE diff_id = ? AND ${unknown}`, diffId);
      }
    });
  }

  /** Releases all layers that are not here, and forgets what no registry was seen to have of them for a month. */
  forgetOld(isHere: (diffId: DiffId) => boolean, now = nowNs()): void {
    const rows = this.#metadata.all('SELECT DISTINCT diff_id FROM layer_form');
    const gone = rows.map((row) => row.diff_id as DiffId).filter((diffId) => !isHere(diffId));
    const forms = 'SELECT digest FROM layer_form WHERE diff_id = ?';
    for (const diffId of gone) {
      const sql = `DELETE FROM form_origin WHERE seen_ns < ? AND digest IN (${forms})`;
      this.#metadata.run(sql, now - rememberedNs, diffId);
    }
    this.release(gone);
  }
}
