import { type AnyDigest, type DiffId, type Digest, nowNs } from '#base';
import { type Descriptor, hostPlatform, type ImageConfigFile, parseImageConfig, selectPlatform } from '#oci';
import type { ContentStore } from '#store/content';
import type { Metadata, SqlRow } from '#store/metadata';
import type { Layers } from '#store/snapshots';
import { imageTables } from './image-tables.ts';
import { configPlatform, type ManifestView, viewManifests } from './manifest-views.ts';

/** A local image. Its config document is its identity. */
export interface ImageRecord {
  readonly id: Digest;
  readonly config: ImageConfigFile;
  /** Sum of its layers' files. */
  readonly sizeBytes: number;
  /** When it was last brought here, or given up by a container; since 1970. */
  readonly usedMs: number;
  /** Its config cannot be read: what is said of it is empty. */
  readonly isDamaged: boolean;
}

/** A name: repository in full, and a tag or the digest of what it points at. */
export interface ImageName {
  readonly repository: string;
  readonly kind: 'tag' | 'digest';
  readonly value: string;
}

/** A name, the manifest or index that it points at, and the images that are here of that. */
export interface NameRecord extends ImageName {
  readonly target: Digest;
  /** At least one; the first is what the name means where no platform is asked for. */
  readonly images: readonly [Digest, ...Digest[]];
  readonly taggedNs: bigint;
}

/** What makes an image: its documents are in the content store and its layers are held. */
export interface NewImage {
  readonly id: Digest;
  readonly sizeBytes: number;
  readonly layers: readonly DiffId[];
  /** Config, manifest, index, and what else is to be kept as long as the image. The target is one of them. */
  readonly documents: readonly Digest[];
  /** What it came as: an index or a manifest, as its source has it. */
  readonly target: Descriptor;
}

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
    metadata.migrate('images', imageTables);
  }

  get(id: Digest): ImageRecord | undefined {
    const row = this.#metadata.get('SELECT id, size_bytes, used_ms FROM image WHERE id = ?', id);
    return row && this.#imageRecord(row);
  }

  all(): ImageRecord[] {
    const rows = this.#metadata.all('SELECT id, size_bytes, used_ms FROM image');
    return rows.map((row) => this.#imageRecord(row));
  }

  count(): number {
    return Number(this.#metadata.get('SELECT count(*) AS images FROM image')?.images);
  }

  /** The images whose ID begins with these hex digits; at most two, which is enough to know that it is not one. */
  idsWithPrefix(hex: string): Digest[] {
    return this.#withPrefix('SELECT id AS digest FROM image WHERE id >= ? AND id < ? LIMIT 2', hex);
  }

  /** As idsWithPrefix(), for documents of images. */
  documentsWithPrefix(hex: string): Digest[] {
    const where = 'digest >= ? AND digest < ?';
    return this.#withPrefix(`SELECT DISTINCT digest FROM image_document WHERE ${where} LIMIT 2`, hex);
  }

  /** The image that a name means: of several platforms this machine's, when it is among them. */
  idOf(name: ImageName): Digest | undefined {
    return this.name(name)?.images[0];
  }

  name({ repository, kind, value }: ImageName): NameRecord | undefined {
    const where = 'n.repository = ? AND n.kind = ? AND n.value = ?';
    return this.#selectNames(where, repository, kind, value)[0];
  }

  /** What a name points at: an index or a manifest. */
  targetOf(name: ImageName): Descriptor | undefined {
    const record = this.name(name);
    return record && this.#descriptor(record.target);
  }

  /** Every name, or those that lead to one image, in the order of their text. */
  names(imageId?: Digest): NameRecord[] {
    if (imageId === undefined) return this.#selectNames('TRUE');
    return this.#selectNames('n.target IN (SELECT digest FROM image_document WHERE image_id = ?)', imageId);
  }

  /** The manifests that a target leads to, those of platforms that are not here too. */
  manifestsOf(target: Descriptor): ManifestView[] {
    const here = new Set(this.imagesWith(target.digest));
    return viewManifests(target, {
      read: (digest) => (this.#content.has(digest) ? this.#content.read(digest) : undefined),
      sizeOf: (digest) => this.#content.sizeOf(digest),
      config: (id) => (here.has(id) ? this.#config(id) : undefined),
    });
  }

  /** What a further name of an image points at: it must lead to this image and to no other platform's. */
  targetOfImage(id: Digest): Descriptor | undefined {
    const targets = this.targetsOf(id);
    const own = targets.find(({ digest }) => this.imagesWith(digest)[0] === id);
    if (own !== undefined || targets[0] === undefined) return own;
    return this.manifestsOf(targets[0]).find(({ imageId }) => imageId === id)?.descriptor;
  }

  /** What an image's names point at, the newest first, and what it came as. */
  targetsOf(id: Digest): Descriptor[] {
    const names = this.names(id).sort((a, b) => Number(b.taggedNs - a.taggedNs));
    const row = this.#metadata.get('SELECT target FROM image WHERE id = ?', id);
    const digests = [
      ...names.map(({ target }) => target),
      ...(row === undefined ? [] : [row.target as Digest]),
    ];
    return [...new Set(digests)].flatMap((digest) => this.#descriptor(digest) ?? []);
  }

  /** Adds an image, or further documents to one that is there, and points names at its target; all of it or nothing. */
  save(image: NewImage, names: readonly ImageName[]): void {
    const { id, sizeBytes, target } = image;
    this.#metadata.transaction(() => {
      const insert = 'INSERT OR IGNORE INTO image (id, size_bytes, target) VALUES (?, ?, ?)';
      this.#metadata.run(insert, id, sizeBytes, target.digest);
      this.noteUse(id);
      for (const digest of image.documents) {
        this.#metadata.run('INSERT OR IGNORE INTO image_document VALUES (?, ?)', id, digest);
      }
      this.#layers.use(layerOwner(id), image.layers);
      this.#keepTarget(target);
      for (const name of names) this.#insertName(name, target.digest);
    });
  }

  /** Makes a name point at a manifest or index of an image that is here, whatever it pointed at before. */
  point(name: ImageName, target: Descriptor): void {
    this.#metadata.transaction(() => {
      this.#keepTarget(target);
      this.#insertName(name, target.digest);
    });
  }

  /** Notes that an image was in use until now. */
  noteUse(id: Digest): void {
    this.#metadata.run('UPDATE image SET used_ms = ? WHERE id = ?', Date.now(), id);
  }

  removeName({ repository, kind, value }: ImageName): void {
    const where = 'repository = ? AND kind = ? AND value = ?';
    this.#metadata.run(`DELETE FROM image_name WHERE ${where}`, repository, kind, value);
  }

  /** Forgets an image with the names that lead to no other; answers the documents that no other image has. */
  remove(id: Digest): Digest[] {
    const rows = this.#metadata.all(
      `SELECT digest FROM image_document d WHERE image_id = ?1 AND NOT EXISTS
         (SELECT 1 FROM image_document o WHERE o.digest = d.digest AND o.image_id <> ?1)`,
      id,
    );
    const documents = rows.map((row) => row.digest as Digest);
    this.#metadata.transaction(() => {
      for (const digest of documents) {
        this.#metadata.run('DELETE FROM image_name WHERE target = ?', digest);
        this.#metadata.run('DELETE FROM image_target WHERE digest = ?', digest);
      }
      this.#metadata.run('DELETE FROM image_document WHERE image_id = ?', id);
      this.#metadata.run('DELETE FROM image WHERE id = ?', id);
      this.#layers.release(layerOwner(id));
    });
    this.#configs.delete(id);
    return documents;
  }

  /** Every document of an image. */
  documents(): Digest[] {
    const rows = this.#metadata.all('SELECT DISTINCT digest FROM image_document');
    return rows.map((row) => row.digest as Digest);
  }

  /** The images that have this document; of a target, the one that it means where no platform is asked for first. */
  imagesWith(document: Digest): readonly Digest[] {
    const rows = this.#metadata.all('SELECT image_id FROM image_document WHERE digest = ?', document);
    return this.#preferred(rows.map((row) => row.image_id as Digest));
  }

  /** Whether an image has this document. */
  hasDocument(digest: AnyDigest): boolean {
    return this.#metadata.get('SELECT 1 FROM image_document WHERE digest = ?', digest) !== undefined;
  }

  #withPrefix(query: string, hex: string): Digest[] {
    const rows = this.#metadata.all(query, `sha256:${hex}`, `sha256:${hex}g`);
    return rows.map((row) => row.digest as Digest);
  }

  #imageRecord(row: SqlRow): ImageRecord {
    const id = row.id as Digest;
    const config = this.#config(id);
    const isDamaged = config === unreadable;
    return { id, config, isDamaged, sizeBytes: Number(row.size_bytes), usedMs: Number(row.used_ms) };
  }

  #selectNames(where: string, ...values: string[]): NameRecord[] {
    const rows = this.#metadata.all(
      `SELECT n.*, d.image_id FROM image_name n JOIN image_document d ON d.digest = n.target
         WHERE ${where} ORDER BY n.repository, n.kind DESC, n.value`,
      ...values,
    );
    const grouped = Map.groupBy(rows, (row) => `${row.repository} ${row.kind} ${row.value}`);
    return [...grouped.values()].flatMap((group) => this.#nameRecord(group) ?? []);
  }

  /** One name, of a row for each image that it leads to. */
  #nameRecord(rows: readonly SqlRow[]): NameRecord | undefined {
    const [row] = rows;
    const [meant, ...others] = this.#preferred(rows.map(({ image_id }) => image_id as Digest));
    if (row === undefined || meant === undefined) return undefined;
    return {
      repository: String(row.repository),
      kind: row.kind as 'tag' | 'digest',
      value: String(row.value),
      target: row.target as Digest,
      images: [meant, ...others],
      taggedNs: BigInt(String(row.tagged_ns)),
    };
  }

  /** Images of several platforms, the one that is meant where none is asked for first. */
  #preferred(ids: readonly Digest[]): readonly Digest[] {
    if (ids.length < 2) return ids;
    const best = selectPlatform(hostPlatform(), ids, (id) => configPlatform(this.#config(id)));
    return best === undefined ? ids : [best, ...ids.filter((id) => id !== best)];
  }

  #descriptor(digest: Digest): Descriptor | undefined {
    const row = this.#metadata.get('SELECT media_type, size FROM image_target WHERE digest = ?', digest);
    return row && { mediaType: String(row.media_type), digest, size: Number(row.size) };
  }

  #keepTarget({ digest, mediaType, size }: Descriptor): void {
    this.#metadata.run('INSERT OR IGNORE INTO image_target VALUES (?, ?, ?)', digest, mediaType, size);
  }

  #insertName({ repository, kind, value }: ImageName, target: Digest): void {
    const at = String(nowNs());
    const insert = 'INSERT OR REPLACE INTO image_name VALUES (?, ?, ?, ?, ?)';
    this.#metadata.run(insert, repository, kind, value, target, at);
  }

  #config(id: Digest): ImageConfigFile {
    const known = this.#configs.get(id);
    if (known !== undefined) return known;
    try {
      const config = parseImageConfig(this.#content.read(id));
      this.#configs.set(id, config);
      return config;
    } catch {
      return unreadable;
    }
  }
}

/** Stands for a config that is damaged, so that one such image neither hides the others nor stays for ever. */
const unreadable: ImageConfigFile = {
  os: '',
  architecture: '',
  config: {},
  rootfs: { type: 'layers', diff_ids: [] },
  history: [],
};

function layerOwner(id: Digest): string {
  return `image:${id}`;
}
