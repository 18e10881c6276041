import { setTimeout as sleep } from 'node:timers/promises';
import { type Digest, digestOf, EngineError, errorKind } from '#base';
import { refusal } from '../refusal.ts';
import type { RegistrySession } from '../types.ts';
import { BlobUpload } from './blob-upload.ts';
import type { BlobName, UploadPatience, UploadSource } from './types.ts';

/** A manifest or an index to put under a tag or its digest. */
export interface PushedManifest {
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** A repository that is pushed to. */
export class PushTarget {
  readonly #session: RegistrySession;

  constructor(session: RegistrySession) {
    this.#session = session;
  }

  /** Whether the repository has a blob. @throws EngineError unauthorized or forbidden, in the registry's words */
  hasBlob(digest: Digest, signal: AbortSignal): Promise<boolean> {
    return this.#has(`blobs/${digest}`, {}, signal);
  }

  /** Whether the repository has a manifest or index. */
  hasManifest(digest: Digest, mediaType: string, signal: AbortSignal): Promise<boolean> {
    return this.#has(`manifests/${digest}`, { Accept: mediaType }, signal);
  }

  /** Takes a blob over from another repository of the same registry; false when the registry would not. */
  async mountBlob(digest: Digest, from: string, signal: AbortSignal): Promise<boolean> {
    const query = new URLSearchParams({ mount: digest, from });
    const request = { headers: { 'Content-Length': '0' }, signal };
    const response = await this.#session.request('POST', `blobs/uploads/?${query}`, request);
    response.discard();
    if (response.status === 201) return true;
    await this.#giveUp(response.header('location'), response.url, signal);
    return false;
  }

  /**
   * Uploads a blob; goes on where it was cut, and tries a bounded number of times.
   * @throws EngineError in the registry's words; what the source throws
   */
  async uploadBlob(source: UploadSource, patience: UploadPatience, signal: AbortSignal): Promise<BlobName> {
    const upload = new BlobUpload(this.#session, source, signal);
    return persist(
      () => upload.attempt(),
      () => upload.progress,
      patience,
      signal,
    );
  }

  /** Puts a manifest under a name; its blobs must be there. @throws EngineError in the registry's words */
  async putManifest(
    name: string,
    { mediaType, content }: PushedManifest,
    patience: UploadPatience,
    signal: AbortSignal,
  ): Promise<Digest> {
    const digest = digestOf(content);
    const headers = { 'Content-Type': mediaType, 'Content-Length': String(content.length) };
    const put = async () => {
      const request = { headers, body: content, signal };
      const response = await this.#session.request('PUT', `manifests/${name}`, request);
      if (response.status !== 201) throw await refusal(response, this.#session.reference, 'pull,push');
      response.discard();
      const answered = response.header('docker-content-digest') ?? digest;
      if (answered === digest) return digest;
      throw new EngineError('corrupt', `registry stored digest ${answered}, expected ${digest}`);
    };
    return persist(put, () => 0, patience, signal);
  }

  async #has(path: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<boolean> {
    const response = await this.#session.request('HEAD', path, { headers, signal });
    if (response.status === 401 || response.status === 403) {
      throw await refusal(response, this.#session.reference, 'pull,push');
    }
    response.discard();
    return response.status === 200;
  }

  /** A mount that was refused has begun an upload instead. */
  async #giveUp(location: string | undefined, base: URL, signal: AbortSignal): Promise<void> {
    if (location === undefined || !URL.canParse(location, base.href)) return;
    const response = await this.#session.request('DELETE', new URL(location, base), { signal });
    response.discard();
  }
}

/** Does a work again as long as it may succeed; one that gets further each time is not counted. */
async function persist<T>(
  work: () => Promise<T>,
  progress: () => number,
  { attempts, retryDelayMs, onWait }: UploadPatience,
  signal: AbortSignal,
): Promise<T> {
  let before = progress();
  for (let failures = 0; ; failures++) {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      if (progress() > before) failures = 0;
      before = progress();
      if (errorKind(error) !== 'unavailable' || failures + 1 >= attempts) throw error;
      const waitMs = retryDelayMs * 2 ** failures;
      onWait(waitMs);
      await sleep(waitMs, undefined, { signal });
    }
  }
}
