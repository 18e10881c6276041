import { type AnyDigest, errorMessage, type Log } from '#base';
import type { Descriptor } from '#oci';
import type { PassingBlob, Source } from '../api/source.ts';
import type { ManifestName } from '../names.ts';
import type { ManifestRecord } from '../records/manifest-records.ts';
import type { Page } from '../records/page.ts';
import { Refusal } from '../refusal.ts';
import { readManifest } from '../registry/manifest-document.ts';
import type { Manifest } from '../registry/manifests.ts';
import type { Registry } from '../registry/registry.ts';
import type { OpenBlob } from '../storage/types.ts';
import { Download } from './download.ts';
import type { Upstream } from './upstream.ts';

/** An upstream that is silent for so long does not answer. */
const patienceMs = 60_000;

export interface CachedSourceOptions {
  readonly registry: Registry;
  readonly upstream: Upstream;
  /** What a repository is called at the upstream. */
  pathOf(repository: string): string;
  /** How long a tag is believed. */
  readonly expiryMs: number;
  readonly log: Log;
  /** Ends what still runs. */
  readonly stop: AbortSignal;
}

/** How often the copies were enough. */
export interface CacheCounts {
  hits: number;
  misses: number;
  stale: number;
}

/**
 * Repositories of another registry, of which those parts are kept that somebody pulled. A tag that was looked up long
 * ago is asked for again; when the upstream does not answer, what is here is served.
 */
export class CachedSource implements Source {
  readonly writable = false;
  readonly counts: CacheCounts = { hits: 0, misses: 0, stale: 0 };
  readonly #options: CachedSourceOptions;
  readonly #lookups = new Map<string, Promise<ManifestRecord>>();
  readonly #downloads = new Map<string, Promise<Download>>();

  constructor(options: CachedSourceOptions) {
    this.#options = options;
  }

  async manifest(repository: string, name: ManifestName): Promise<Manifest> {
    const { registry } = this.#options;
    const known = this.#known(repository, name);
    if (known !== undefined && this.#isFresh(repository, name)) this.counts.hits += 1;
    else await this.#lookUp(repository, name, known);
    return registry.manifests.read(repository, name);
  }

  async blobSize(repository: string, digest: AnyDigest): Promise<number> {
    const { blobs } = this.#options.registry;
    if (blobs.adoptPart(repository, digest)) return blobs.stat(repository, digest);
    return (await this.#describe(repository, digest)).size;
  }

  async blob(repository: string, digest: AnyDigest, signal: AbortSignal): Promise<OpenBlob | PassingBlob> {
    const { blobs } = this.#options.registry;
    if (blobs.adoptPart(repository, digest)) {
      this.counts.hits += 1;
      return blobs.open(repository, digest);
    }
    this.counts.misses += 1;
    const download = await this.#download(repository, digest);
    const chunks = await download.open(signal);
    if (chunks === undefined) return blobs.open(repository, digest);
    return { size: download.size, chunks };
  }

  async tagNames(repository: string, page: Page): Promise<readonly string[]> {
    const { registry, upstream, pathOf } = this.#options;
    try {
      const names = await upstream.tags(pathOf(repository), this.#signal());
      return names
        .filter((name) => name > page.after)
        .sort(byBytes)
        .slice(0, page.limit);
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      return registry.listTags(repository, page).map(({ name }) => name);
    }
  }

  #known(repository: string, name: ManifestName): ManifestRecord | undefined {
    try {
      return this.#options.registry.manifests.find(repository, name);
    } catch (error) {
      if (error instanceof Refusal) return undefined;
      throw error;
    }
  }

  #isFresh(repository: string, name: ManifestName): boolean {
    if (name.kind === 'digest') return true;
    const { registry, expiryMs } = this.#options;
    return registry.manifests.taggedMs(repository, name.tag) > Date.now() - expiryMs;
  }

  /** Asks the upstream; many who want the same at once ask once. */
  async #lookUp(repository: string, name: ManifestName, known: ManifestRecord | undefined): Promise<void> {
    const key = `${repository} ${name.kind === 'tag' ? name.tag : name.digest}`;
    const running = this.#lookups.get(key) ?? this.#fetchManifest(repository, name);
    this.#lookups.set(key, running);
    try {
      await running;
      this.counts.misses += 1;
    } catch (error) {
      if (known === undefined || !isUnavailable(error)) throw error;
      this.counts.stale += 1;
      this.#options.log.warn('upstream does not answer, an older copy is served', { repository });
    } finally {
      this.#lookups.delete(key);
    }
  }

  async #fetchManifest(repository: string, name: ManifestName): Promise<ManifestRecord> {
    const { registry, upstream, pathOf } = this.#options;
    const word = name.kind === 'tag' ? name.tag : name.digest;
    try {
      const { content, mediaType } = await upstream.manifest(pathOf(repository), word, this.#signal());
      return await registry.manifests.keep(repository, name, {
        content,
        document: readManifest(content, mediaType),
      });
    } catch (error) {
      if (isUnknown(error) && this.#known(repository, name)) registry.manifests.delete(repository, name);
      throw error;
    }
  }

  async #describe(repository: string, digest: AnyDigest): Promise<Descriptor<AnyDigest>> {
    const { registry, upstream, pathOf } = this.#options;
    const known = await registry.manifests.findPart(repository, digest);
    if (known !== undefined) return known;
    return {
      mediaType: '',
      digest,
      size: await upstream.blobSize(pathOf(repository), digest, this.#signal()),
    };
  }

  /** One download of a blob at a time to a repository; it goes on when the client that began it leaves. */
  #download(repository: string, digest: AnyDigest): Promise<Download> {
    const key = `${repository} ${digest}`;
    const running = this.#downloads.get(key);
    if (running !== undefined) return running;
    const begun = this.#beginDownload(repository, digest);
    this.#downloads.set(key, begun);
    const forget = () => void this.#downloads.delete(key);
    begun
      .then((download) => download.done)
      .then(forget, (error: unknown) => {
        forget();
        this.#options.log.warn(`copy of a blob failed: ${errorMessage(error)}`, { repository });
      });
    return begun;
  }

  async #beginDownload(repository: string, digest: AnyDigest): Promise<Download> {
    const { registry, upstream, pathOf, stop } = this.#options;
    const descriptor = await this.#describe(repository, digest);
    const chunks = upstream.blob(pathOf(repository), descriptor, stop);
    const upload = await registry.uploads.begin(repository);
    return new Download(descriptor, upload, chunks, {
      keep: (whole) => registry.blobs.commit(whole, digest),
      drop: (broken) => registry.uploads.end(broken),
    });
  }

  #signal(): AbortSignal {
    return AbortSignal.any([this.#options.stop, AbortSignal.timeout(patienceMs)]);
  }
}

function isUnavailable(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'UNAVAILABLE';
}

function isUnknown(error: unknown): boolean {
  return error instanceof Refusal && error.code === 'MANIFEST_UNKNOWN';
}

function byBytes(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
