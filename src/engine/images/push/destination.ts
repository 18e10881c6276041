import { type Digest, digestOf, errorKind, freeBytes } from '#base';
import type { Descriptor, Reference } from '#oci';
import {
  type BlobName,
  type PushedManifest,
  PushTarget,
  type RegistryAuth,
  type RegistryClient,
  type UploadPatience,
  type UploadSource,
} from '#registry';
import type { FormOrigin } from '../forms/layer-forms.ts';
import { ProgressMeter } from '../progress-meter.ts';
import { retryingIn } from '../retrying.ts';
import type { OnPushReport } from './push-context.ts';

const attempts = 5;
const retryDelayMs = 500;
const mountAttempts = 4;

/** A blob whose very bytes are to be in the repository. */
export interface KnownBlob {
  readonly descriptor: Descriptor;
  /** Reads it on this machine; absent when only others have it. */
  readonly read?: (from: number) => AsyncIterable<Uint8Array>;
  /** Repositories that may have it, the likeliest first. */
  readonly origins: readonly FormOrigin[];
  /** Whether other registries are asked for it. */
  readonly isFetched: boolean;
  /** Told of a repository that says it has not got it. */
  readonly onMissing?: (origin: FormOrigin) => void;
}

/** The origin, not the destination, is why a blob did not get there. */
class OriginFailure extends Error {}

/** The repository that an image is pushed to, and the ways by which blobs get there. */
export class Destination {
  readonly reference: Reference;
  /** The same for the same repository and the same credentials. */
  readonly key: string;
  readonly #registry: RegistryClient;
  readonly #auth: RegistryAuth | undefined;
  readonly #target: PushTarget;

  private constructor(
    registry: RegistryClient,
    reference: Reference,
    auth: RegistryAuth | undefined,
    target: PushTarget,
  ) {
    this.#registry = registry;
    this.reference = reference;
    this.key = `${reference.domain}/${reference.path} ${digestOf(JSON.stringify(auth ?? null))}`;
    this.#auth = auth;
    this.#target = target;
  }

  /** @param origins where blobs may be mounted from. @throws EngineError unavailable */
  static async open(
    registry: RegistryClient,
    reference: Reference,
    auth: RegistryAuth | undefined,
    origins: readonly FormOrigin[],
    signal: AbortSignal,
  ): Promise<Destination> {
    const mountFrom = [...new Set(neighbours(origins, reference))].slice(0, mountAttempts);
    const session = await registry.open(reference, auth, { access: 'pull,push', mountFrom }, signal);
    return new Destination(registry, reference, auth, new PushTarget(session));
  }

  /**
   * Brings a blob there, in the cheapest way that works; false when its bytes are not to be got any more.
   * @throws EngineError, when the destination does not take it
   */
  async bring(blob: KnownBlob, report: OnPushReport, signal: AbortSignal): Promise<boolean> {
    const { descriptor, read, origins } = blob;
    if (await this.#target.hasBlob(descriptor.digest, signal)) {
      report({ status: 'Layer already exists' });
      return true;
    }
    const { domain, path } = this.reference;
    blob.onMissing?.({ domain, repository: path });
    for (const repository of neighbours(origins, this.reference).slice(0, mountAttempts)) {
      if (!(await this.#target.mountBlob(descriptor.digest, repository, signal))) continue;
      report({ status: `Mounted from ${repository}` });
      return true;
    }
    if (read !== undefined) {
      await this.upload({ blob: descriptor, read: metered(read, descriptor.size, report) }, report, signal);
      return true;
    }
    return blob.isFetched && (await this.#relay(blob, report, signal));
  }

  /** Uploads a blob. @throws EngineError in the registry's words; what the source throws */
  async upload(source: UploadSource, report: OnPushReport, signal: AbortSignal): Promise<BlobName> {
    const uploaded = await this.#target.uploadBlob(source, patience(report), signal);
    report({ status: 'Pushed' });
    return uploaded;
  }

  hasManifest({ digest, mediaType }: Descriptor, signal: AbortSignal): Promise<boolean> {
    return this.#target.hasManifest(digest, mediaType, signal);
  }

  /** Puts a manifest under a tag or, without one, under its digest. */
  putManifest(name: string, manifest: PushedManifest, signal: AbortSignal): Promise<Digest> {
    const silent = patience(() => {});
    return this.#target.putManifest(name, manifest, silent, signal);
  }

  /** Streams a blob from the first of its origins that still has it; it is never on this disk. */
  async #relay(
    { descriptor, origins, onMissing }: KnownBlob,
    report: OnPushReport,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const { domain, repository } of this.#others(origins)) {
      const auth = domain === this.reference.domain ? this.#auth : this.#registry.ownAuth(domain);
      const origin = this.#registry.repository({ domain, path: repository }, auth);
      const read = (from: number) => blaming(origin.fetchBlob(descriptor, signal, { from }));
      try {
        await this.upload({ blob: descriptor, read: metered(read, descriptor.size, report) }, report, signal);
        return true;
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof OriginFailure) && errorKind(error) !== 'corrupt') throw error;
        if (isMissing(error)) onMissing?.({ domain, repository });
      }
    }
    return false;
  }

  /** The destination itself has said that it has not got the blob. */
  #others(origins: readonly FormOrigin[]): FormOrigin[] {
    const { domain, path } = this.reference;
    return origins.filter((origin) => origin.domain !== domain || origin.repository !== path);
  }
}

/** The other repositories of the same registry. */
function neighbours(origins: readonly FormOrigin[], { domain, path }: Reference): string[] {
  return origins.flatMap((origin) =>
    origin.domain === domain && origin.repository !== path ? [origin.repository] : [],
  );
}

function patience(report: OnPushReport): UploadPatience {
  return {
    attempts,
    retryDelayMs,
    onWait: (waitMs) => report({ status: retryingIn(waitMs) }),
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof OriginFailure && errorKind(error.cause) === 'notFound';
}

async function* blaming(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new OriginFailure('the origin does not give the blob', { cause });
  }
}

/** Tells how much was read, and gives the memory of what has passed back. */
function metered(
  read: (from: number) => AsyncIterable<Uint8Array>,
  total: number,
  report: OnPushReport,
): (from: number) => AsyncIterable<Uint8Array> {
  const meter = new ProgressMeter((current) => report({ status: 'Pushing', current, total }));
  return async function* (from) {
    meter.reach(from);
    for await (const chunk of read(from)) {
      const { length } = chunk;
      yield chunk;
      freeBytes(chunk);
      meter.add(length);
    }
  };
}
