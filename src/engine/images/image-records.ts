import { type DiffId, type Digest, nowNs } from '#base';
import { type ImageConfigFile, parseImageConfig } from '#oci';
import type { ContentStore } from '#store/content';
import type { Metadata } from '#store/metadata';
import type { Layers } from '#store/snapshots';

/** A local image. Its config document is its identity. */
export interface ImageRecord {
  readonly id: Digest;
  readonly config: ImageConfigFile;
  /** Sum of its layers' files. */
  readonly sizeBytes: number;
}

/** A name that points to an image: repository in full, and a tag or the digest of a manifest. */
export interface NameRecord {
  readonly imageId: Digest;
  readonly repository: string;
  readonly kind: 'tag' | 'digest';
  readonly value: string;
  readonly taggedNs: bigint;
}
export type ImageName = Pick<NameRecord, 'repository' | 'kind' | 'value'>;

/** What makes an image: its documents are in the content store and its layers are held. */
export interface NewImage {
  readonly id: Digest;
  readonly sizeBytes: number;
  readonly layers: readonly DiffId[];
  /** Config, manifest and index. */
  readonly documents: readonly Digest[];
}

const tables: readonly string[] = [
  'CREATE TABLE image (id TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL) STRICT',
  `CREATE TABLE image_document (
     image_id TEXT NOT NULL, digest TEXT NOT NULL, PRIMARY KEY (image_id, digest)
   ) STRICT`,
  `CREATE TABLE image_name (
     repository TEXT NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, image_id TEXT NOT NULL,
     tagged_ns TEXT NOT NULL, PRIMARY KEY (repository, kind, value)
   ) STRICT`,
  'CREATE INDEX image_name_by_image ON image_name (image_id)',
];

/** The tables of images and names, and the parsed configs of the images in them. */
export class ImageRecords {
  readonly #metadata: Metadata;
  readonly #content: ContentStore;
  readonly #layers: Layers;
  /** Configs never change, so that what was parsed once stays right. */
  readonly #configs = new Map<Digest, ImageConfigFile>();

  constructor(metadata: Metadata, content: ContentStore, layers: Layers) {
    this.#metadata = metadata;
    this.#content = content;
    this.#layers = layers;
    metadata.migrate('images', tables);
  }

  get(id: Digest): ImageRecord | undefined {
    const row = this.#metadata.get('SELECT size_bytes FROM image WHERE id = ?', id);
    if (row === undefined) return undefined;
    return { id, config: this.#config(id), sizeBytes: Number(row.size_bytes) };
  }

  all(): ImageRecord[] {
    const rows = this.#metadata.all('SELECT id, size_bytes FROM image');
    return rows.map((row) => {
      const id = row.id as Digest;
      return { id, config: this.#config(id), sizeBytes: Number(row.size_bytes) };
    });
  }

  count(): number {
    return Number(this.#metadata.get('SELECT count(*) AS images FROM image')?.images);
  }

  /** The images whose ID begins with these hex digits; at most two, which is enough to know that it is not one. */
  idsWithPrefix(hex: string): Digest[] {
    const rows = this.#metadata.all(
      'SELECT id FROM image WHERE id >= ? AND id < ? LIMIT 2',
      `sha256:${hex}`,
      `sha256:${hex}g`,
    );
    return rows.map((row) => row.id as Digest);
  }

  idOf(name: ImageName): Digest | undefined {
    const { repository, kind, value } = name;
    const where = 'repository = ? AND kind = ? AND value = ?';
    const row = this.#metadata.get(`SELECT image_id FROM image_name WHERE ${where}`, repository, kind, value);
    return row?.image_id as Digest | undefined;
  }

  /** Every name, or those of one image, in the order of their text. */
  names(imageId?: Digest): NameRecord[] {
    const order = 'ORDER BY repository, kind DESC, value';
    const rows =
      imageId === undefined
        ? this.#metadata.all(`SELECT * FROM image_name ${order}`)
        : this.#metadata.all(`SELECT * FROM image_name WHERE image_id = ? ${order}`, imageId);
    return rows.map((row) => ({
      imageId: row.image_id as Digest,
      repository: String(row.repository),
      kind: row.kind as 'tag' | 'digest',
      value: String(row.value),
      taggedNs: BigInt(String(row.tagged_ns)),
    }));
  }

  /** Adds an image, or further documents to one that is there, and points names to it; all of it or nothing. */
  save(image: NewImage, names: readonly ImageName[]): void {
    this.#metadata.transaction(() => {
      this.#metadata.run('INSERT OR IGNORE INTO image VALUES (?, ?)', image.id, image.sizeBytes);
      for (const digest of image.documents) {
        this.#metadata.run('INSERT OR IGNORE INTO image_document VALUES (?, ?)', image.id, digest);
      }
      this.#layers.use(layerOwner(image.id), image.layers);
      for (const name of names) this.point(name, image.id);
    });
  }

  /** Makes a name point to an image, whatever it pointed to before. */
  point({ repository, kind, value }: ImageName, imageId: Digest): void {
    const at = String(nowNs());
    this.#metadata.run(
      'INSERT OR REPLACE INTO image_name VALUES (?, ?, ?, ?, ?)',
      repository,
      kind,
      value,
      imageId,
      at,
    );
  }

  removeName({ repository, kind, value }: ImageName): void {
    const where = 'repository = ? AND kind = ? AND value = ?';
    this.#metadata.run(`DELETE FROM image_name WHERE ${where}`, repository, kind, value);
  }

  /** Forgets an image with its names; answers the documents that no other image has. */
  remove(id: Digest): Digest[] {
    const rows = this.#metadata.all(
      `SELECT digest FROM image_document d WHERE image_id = ?1 AND NOT EXISTS
         (SELECT 1 FROM image_document o WHERE o.digest = d.digest AND o.image_id <> ?1)`,
      id,
    );
    this.#metadata.transaction(() => {
      for (const table of ['image_name', 'image_document']) {
        this.#metadata.run(`DELETE FROM ${table} WHERE image_id = ?`, id);
      }
      this.#metadata.run('DELETE FROM image WHERE id = ?', id);
      this.#layers.release(layerOwner(id));
    });
    this.#configs.delete(id);
    return rows.map((row) => row.digest as Digest);
  }

  /** Documents of the content store that no image has. */
  unnamedDocuments(): Digest[] {
    const rows = this.#metadata.all('SELECT DISTINCT digest FROM image_document');
    const named = new Set(rows.map((row) => row.digest));
    return this.#content.list().filter((digest) => !named.has(digest));
  }

  #config(id: Digest): ImageConfigFile {
    const known = this.#configs.get(id);
    if (known !== undefined) return known;
    const config = parseImageConfig(this.#content.read(id));
    this.#configs.set(id, config);
    return config;
  }
}

function layerOwner(id: Digest): string {
  return `image:${id}`;
}
