import { rm, writeFile } from 'node:fs/promises';
import { type AnyDigest, digestLike, digestOf, EngineError } from '#base';
import type { Descriptor } from '#oci';
import type { ManifestName } from '../names.ts';
import type { ManifestRecord } from '../records/manifest-records.ts';
import type { Records } from '../records/records.ts';
import { Refusal } from '../refusal.ts';
import type { Uploads } from '../uploads/uploads.ts';
import { DocumentCache } from './document-cache.ts';
import { type ManifestDocument, readManifest } from './manifest-document.ts';
import type { Quotas } from './quotas.ts';
import type { Shelf } from './shelf.ts';

const readTimeoutMs = 60_000;
const cachedBytes = 32 << 20;
/** How exactly it is remembered when a manifest was last pulled. */
const pullCoarseMs = 60_000;

/** A manifest with its document. */
export interface Manifest extends ManifestRecord {
  readonly content: Uint8Array;
}

/** A manifest as somebody pushes it. */
export interface PushedManifest {
  readonly contentType: string;
  readonly content: Uint8Array;
}

/** The manifests of repositories, and the tags that name them. */
export class Manifests {
  readonly #records: Records;
  readonly #shelf: Shelf;
  readonly #uploads: Uploads;
  readonly #quotas: Quotas;
  readonly #cache = new DocumentCache(cachedBytes);

  constructor(records: Records, shelf: Shelf, uploads: Uploads, quotas: Quotas) {
    this.#records = records;
    this.#shelf = shelf;
    this.#uploads = uploads;
    this.#quotas = quotas;
  }

  /** What a name means now. @throws Refusal NAME_UNKNOWN, MANIFEST_UNKNOWN */
  find(repository: string, name: ManifestName): ManifestRecord {
    const digest =
      name.kind === 'digest' ? name.digest : this.#records.tags.find(repository, name.tag)?.digest;
    const record = digest === undefined ? undefined : this.#records.manifests.find(repository, digest);
    if (record !== undefined) return record;
    if (!this.#records.repositories.has(repository)) {
      throw new Refusal('NAME_UNKNOWN', 'repository name not known to registry', {
        detail: { name: repository },
      });
    }
    throw new Refusal('MANIFEST_UNKNOWN', 'manifest unknown', { detail: name });
  }

  /** The same with its document, for somebody who pulls it. @throws EngineError notFound, when its bytes are lost */
  async read(repository: string, name: ManifestName): Promise<Manifest> {
    const record = this.find(repository, name);
    const now = Date.now();
    if ((record.pulledMs ?? 0) < now - pullCoarseMs)
      this.#records.manifests.notePull(repository, record.digest, now);
    return { ...record, content: await this.#load(record) };
  }

  /** The same for somebody who only looks: it does not count as a pull. */
  async look(repository: string, name: ManifestName): Promise<Manifest> {
    const record = this.find(repository, name);
    return { ...record, content: await this.#load(record) };
  }

  /** Bytes of a manifest and of all that it is made of, as far as that is here. */
  totalBytes(repository: string, digest: AnyDigest): number {
    return this.#records.manifests.totalBytes(repository, digest);
  }

  /** Whether a manifest is there, and neither a tag nor another manifest of the repository names it. */
  isUnnamed(repository: string, digest: AnyDigest): boolean {
    const { manifests, tags } = this.#records;
    if (manifests.find(repository, digest) === undefined) return false;
    if (manifests.listUsers(repository, digest).length > 0) return false;
    return !tags.hasAny(repository, digest);
  }

  /**
   * Keeps a manifest whose parts are all in the repository, under its digest and under its tag.
   * @throws Refusal MANIFEST_INVALID, MANIFEST_BLOB_UNKNOWN, DIGEST_INVALID, DENIED for a full quota
   */
  async put(repository: string, name: ManifestName, pushed: PushedManifest): Promise<ManifestRecord> {
    const { content, contentType } = pushed;
    const document = readManifest(content, contentType);
    const digest = digestFor(name, content);
    if (name.kind === 'digest' && name.digest !== digest) {
      throw new Refusal('DIGEST_INVALID', 'provided digest did not match uploaded content', {
        detail: digest,
      });
    }
    const check = () => {
      this.#checkParts(repository, document);
      this.#quotas.check(repository, digest, content.length);
    };
    check();
    return this.keep(repository, name, { content, document }, check);
  }

  /**
   * Keeps a manifest whose parts need not be here.
   * @param check runs in the step in which the manifest appears; nothing is kept when it throws
   */
  async keep(
    repository: string,
    name: ManifestName,
    { content, document }: { readonly content: Uint8Array; readonly document: ManifestDocument },
    check = () => {},
  ): Promise<ManifestRecord> {
    const record = recordOf(digestFor(name, content), content.length, document);
    const file = this.#uploads.newPath();
    try {
      await writeFile(file, content, { mode: 0o600 });
      await this.#shelf.keep(file, record.digest, record.size, () => {
        check();
        this.#note(repository, name, record, document);
      });
    } finally {
      await rm(file, { force: true });
    }
    this.#cache.set(record.digest, content);
    return record;
  }

  /** When a tag was set or confirmed last; 0 for one that is not there. */
  taggedMs(repository: string, tag: string): number {
    return this.#records.tags.find(repository, tag)?.updatedMs ?? 0;
  }

  /** The descriptor of a blob by which a manifest of the repository names it. */
  async findPart(repository: string, digest: AnyDigest): Promise<Descriptor<AnyDigest> | undefined> {
    for (const user of this.#records.manifests.listUsers(repository, digest)) {
      const record = this.#records.manifests.find(repository, user);
      if (record === undefined) continue;
      const { blobs } = readManifest(await this.#load(record), record.mediaType);
      const part = blobs.find((blob) => blob.digest === digest);
      if (part !== undefined) return part;
    }
    return undefined;
  }

  /** Forgets a tag, or a manifest with all its tags. @throws Refusal NAME_UNKNOWN, MANIFEST_UNKNOWN */
  delete(repository: string, name: ManifestName): void {
    const { digest } = this.find(repository, name);
    if (name.kind === 'tag') this.#records.tags.delete(repository, name.tag);
    else this.#records.manifests.delete(repository, digest);
  }

  #note(repository: string, name: ManifestName, record: ManifestRecord, document: ManifestDocument): void {
    const { digest, pushedMs } = record;
    const parts = [...document.blobs, ...document.manifests].map((part) => part.digest);
    this.#records.repositories.ensure(repository, pushedMs);
    this.#records.manifests.put(repository, record, parts);
    for (const { digest: part } of document.blobs) this.#records.blobs.name(repository, part, pushedMs);
    if (name.kind === 'tag')
      this.#records.tags.set(repository, { name: name.tag, digest, updatedMs: pushedMs });
  }

  #checkParts(repository: string, { blobs, manifests }: ManifestDocument): void {
    for (const { digest, size } of blobs)
      checkPart(digest, size, this.#records.blobs.sizeIn(repository, digest));
    for (const { digest, size } of manifests) {
      checkPart(digest, size, this.#records.manifests.find(repository, digest)?.size);
    }
  }

  async #load({ digest, size }: ManifestRecord): Promise<Uint8Array> {
    const cached = this.#cache.get(digest);
    if (cached !== undefined) return cached;
    using blob = await this.#shelf.open(digest);
    const pieces: Uint8Array[] = [];
    for await (const piece of blob.read({ offset: 0, length: size }, AbortSignal.timeout(readTimeoutMs))) {
      pieces.push(piece);
    }
    const content = Buffer.concat(pieces);
    if (digestLike(digest, content) !== digest)
      throw new EngineError('corrupt', `manifest ${digest} is damaged`);
    this.#cache.set(digest, content);
    return content;
  }
}

/** What a manifest is kept under: its digest by the algorithm that it is named by, if it is. */
function digestFor(name: ManifestName, content: Uint8Array): AnyDigest {
  return name.kind === 'digest' ? digestLike(name.digest, content) : digestOf(content);
}

function recordOf(digest: AnyDigest, size: number, document: ManifestDocument): ManifestRecord {
  const { mediaType, artifactType, subject, annotations } = document;
  return {
    digest,
    mediaType,
    size,
    ...(artifactType !== undefined && { artifactType }),
    ...(subject !== undefined && { subject }),
    ...(annotations !== undefined && { annotations }),
    pushedMs: Date.now(),
  };
}

function checkPart(digest: AnyDigest, size: number, stored: number | undefined): void {
  if (stored === undefined) {
    throw new Refusal('MANIFEST_BLOB_UNKNOWN', 'blob unknown to registry', { detail: { digest } });
  }
  if (stored === size) return;
  const message = `the manifest gives ${digest} ${size} bytes, it has ${stored}`;
  throw new Refusal('SIZE_INVALID', message, { detail: { digest } });
}
