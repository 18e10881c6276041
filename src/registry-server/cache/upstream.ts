import { type AnyDigest, errorKind } from '#base';
import type { Descriptor } from '#oci';
import {
  createRegistryClient,
  type ProxySettings,
  type RegistryClient,
  type RemoteManifest,
} from '#registry';
import { Refusal } from '../refusal.ts';
import type { UpstreamSettings } from '../settings/settings.ts';

/** Docker Hub is known by another name than its API's. */
const hub = { apiHost: 'registry-1.docker.io', domain: 'docker.io' } as const;

type Unknown = 'MANIFEST_UNKNOWN' | 'BLOB_UNKNOWN' | 'NAME_UNKNOWN';

/** A registry that repositories here are copies of. */
export class Upstream implements Disposable {
  readonly #client: RegistryClient;
  readonly #settings: UpstreamSettings;

  constructor(settings: UpstreamSettings, proxies: ProxySettings) {
    this.#settings = settings;
    const { protocol, host } = settings.url;
    this.#client = createRegistryClient({
      userAgent: 'wharf-registry',
      mirrors: [],
      proxies,
      insecureRegistries: protocol === 'http:' ? [host] : [],
    });
  }

  get host(): string {
    return this.#settings.url.host;
  }

  /** @throws Refusal MANIFEST_UNKNOWN, or UNAVAILABLE when the upstream can't tell */
  manifest(path: string, name: string, signal: AbortSignal): Promise<RemoteManifest> {
    return this.#asked('MANIFEST_UNKNOWN', this.#repository(path).fetchManifest(name, signal));
  }

  /** @throws Refusal BLOB_UNKNOWN, or UNAVAILABLE when the upstream can't tell, also in the middle */
  async *blob(
    path: string,
    descriptor: Descriptor<AnyDigest>,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#repository(path).fetchBlob(descriptor, signal);
    } catch (cause) {
      throw this.#refusal('BLOB_UNKNOWN', cause);
    }
  }

  /** @throws Refusal BLOB_UNKNOWN, or UNAVAILABLE when the upstream can't tell */
  async blobSize(path: string, digest: AnyDigest, signal: AbortSignal): Promise<number> {
    const session = this.#client.open(this.#reference(path), this.#auth(), { access: 'pull' }, signal);
    const asked = session.then((open) => open.request('HEAD', `blobs/${digest}`, { signal }));
    const response = await this.#asked('BLOB_UNKNOWN', asked);
    response.discard();
    const size = Number(response.header('content-length') ?? NaN);
    if (response.status === 200 && Number.isSafeInteger(size)) return size;
    throw new Refusal('BLOB_UNKNOWN', 'blob unknown to registry', { detail: digest });
  }

  /** @throws Refusal NAME_UNKNOWN, or UNAVAILABLE when the upstream can't tell */
  tags(path: string, signal: AbortSignal): Promise<readonly string[]> {
    return this.#asked('NAME_UNKNOWN', this.#repository(path).listTags(signal));
  }

  [Symbol.dispose](): void {
    this.#client.close();
  }

  #repository(path: string) {
    return this.#client.repository(this.#reference(path), this.#auth());
  }

  #reference(path: string) {
    const { host } = this.#settings.url;
    return { domain: host === hub.apiHost ? hub.domain : host, path };
  }

  #auth() {
    const { username, password } = this.#settings;
    return username === undefined || password === undefined ? undefined : { username, password };
  }

  async #asked<T>(unknown: Unknown, answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (cause) {
      throw this.#refusal(unknown, cause);
    }
  }

  #refusal(unknown: Unknown, cause: unknown): Refusal {
    if (errorKind(cause) === 'notFound')
      return new Refusal(unknown, `${this.host} does not have it`, { cause });
    return new Refusal('UNAVAILABLE', `${this.host} does not answer`, { cause });
  }
}
