import {
  type AnyDigest,
  type Digest,
  digestLike,
  digestOf,
  EngineError,
  parseAnyDigest,
  tryParseDigest,
} from '#base';
import { type Descriptor, manifestMediaTypes, type Reference } from '#oci';
import { Unreachable } from './http/unreachable.ts';
import type { Patience } from './patience.ts';
import { readBody } from './read-body.ts';
import type { Session } from './session.ts';
import { streamBlob } from './stream-blob.ts';
import { listTags } from './tags.ts';
import type { BlobReading, RemoteManifest, RemoteRepository } from './types.ts';

/** The longest document that is read; a manifest lists layers, not their content. */
const documentLimitBytes = 8 << 20;

/** A repository behind several endpoints: each question goes to one after the other until one answers it. */
export class Repository implements RemoteRepository {
  readonly #patience: Patience;
  readonly #onAnswer: (session: Session) => void;
  /** In the order they are asked; the one that answered last stands first. */
  #sessions: readonly Session[];

  /** `onAnswer` hears which endpoint answered. */
  constructor(sessions: readonly Session[], patience: Patience, onAnswer: (session: Session) => void) {
    this.#sessions = sessions;
    this.#patience = patience;
    this.#onAnswer = onAnswer;
  }

  /**
   * What the first endpoint answers that answers at all. When none does, the failure is what the last one says; that
   * one cannot be reached says less than what another one answered, or than that the usual one is not there.
   */
  async ask<T>(question: (session: Session) => Promise<T>): Promise<T> {
    let failure: unknown;
    let isTelling = false;
    for (const session of this.#sessions) {
      try {
        const answer = await question(session);
        this.#sessions = [session, ...this.#sessions.filter((other) => other !== session)];
        this.#onAnswer(session);
        return answer;
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        const answered = !(error instanceof Unreachable);
        if (answered || !isTelling) failure = error;
        isTelling ||= answered || session.isUsual;
      }
    }
    throw failure;
  }

  fetchManifest(name: string, signal: AbortSignal): Promise<RemoteManifest> {
    return this.ask(async (session) => {
      const headers = { Accept: manifestMediaTypes.join(', ') };
      const response = await session.get(`manifests/${name}`, headers, signal);
      const content = await readBody(response, documentLimitBytes);
      const expected = name.includes(':') ? parseAnyDigest(name) : undefined;
      if (expected !== undefined && digestLike(expected, content) !== expected) throw wrongDigest(name);
      const [mediaType = ''] = (response.header('content-type') ?? '').split(';');
      return { digest: digestOf(content), mediaType: mediaType.trim(), content };
    });
  }

  /** A question that registries with limits do not count as a pull. */
  async findDigest(name: string, signal: AbortSignal): Promise<Digest | undefined> {
    return this.ask(async (session) => {
      const headers = { Accept: manifestMediaTypes.join(', ') };
      const response = await session.request('HEAD', `manifests/${name}`, { headers, signal });
      response.discard();
      if (response.status !== 200) return undefined;
      return tryParseDigest(response.header('docker-content-digest') ?? '');
    });
  }

  /** Manifests are asked for by their own path, everything else is a blob. */
  async fetchDocument({ mediaType, digest, size }: Descriptor, signal: AbortSignal): Promise<Uint8Array> {
    if (size > documentLimitBytes) throw new EngineError('invalid', `document ${digest} is too long`);
    const isManifest = manifestMediaTypes.includes(mediaType);
    const path = isManifest ? `manifests/${digest}` : `blobs/${digest}`;
    const headers: Record<string, string> = isManifest ? { Accept: mediaType } : {};
    return this.ask(async (session) => {
      const response = await session.get(path, headers, signal);
      const content = await readBody(response, size);
      if (digestOf(content) !== digest) throw wrongDigest(digest);
      return content;
    });
  }

  fetchBlob(
    descriptor: Descriptor<AnyDigest>,
    signal: AbortSignal,
    reading: BlobReading = {},
  ): AsyncIterable<Uint8Array> {
    return streamBlob(this.#sessions, descriptor, reading, this.#patience, signal);
  }

  listTags(signal: AbortSignal): Promise<readonly string[]> {
    return this.ask((session) => listTags(session, signal));
  }
}

/** The name that a reference gives to its manifest. */
export function manifestName({ digest, tag }: Reference): string {
  return digest ?? tag ?? 'latest';
}

function wrongDigest(digest: string): EngineError {
  return new EngineError('corrupt', `manifest verification failed for digest ${digest}`);
}
