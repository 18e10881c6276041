import { digestOf, EngineError } from '#base';
import { type Descriptor, manifestMediaTypes, type Reference } from '#oci';
import { streamBlob } from './blob-stream.ts';
import type { Applicant } from './credentials.ts';
import { type Endpoint, endpointsOf, hub, ownEndpoints } from './endpoints.ts';
import { insecureTest } from './insecure.ts';
import { readBody } from './read-body.ts';
import { Session } from './session.ts';
import { Transport, Unreachable } from './transport.ts';
import type {
  OpenOptions,
  RegistryAuth,
  RegistryClient,
  RegistryOptions,
  RegistryPolicy,
  RegistrySession,
  RemoteImage,
  RemoteManifest,
} from './types.ts';

const documentLimitBytes = 8 << 20;
const usualRetryDelayMs = 500;
const usualAttempts = 5;

export function createRegistryClient(options: RegistryOptions): RegistryClient {
  return new DistributionClient(options);
}

class DistributionClient implements RegistryClient {
  readonly #options: RegistryOptions;
  readonly #transport = new Transport();
  #policy: RegistryPolicy;
  #isInsecure: (host: string) => boolean;
  /** The endpoint that worked last, by registry: it is asked first the next time. */
  readonly #working = new Map<string, string>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#policy = options;
    this.#isInsecure = insecureTest(options.insecureRegistries);
  }

  setPolicy(policy: RegistryPolicy): void {
    this.#policy = policy;
    this.#isInsecure = insecureTest(policy.insecureRegistries);
  }

  open(
    reference: Reference,
    auth: RegistryAuth | undefined,
    options: OpenOptions,
    signal: AbortSignal,
  ): Promise<RegistrySession> {
    const endpoints = this.#workingFirst(reference, ownEndpoints(reference, this.#isInsecure));
    return this.#atFirst(endpoints, { reference, auth, mountFrom: [], ...options }, async (session) => {
      const response = await session.request('GET', new URL(`${session.endpoint.url}/v2/`), { signal });
      response.discard();
      return session;
    });
  }

  resolve(reference: Reference, auth: RegistryAuth | undefined, signal: AbortSignal): Promise<RemoteImage> {
    return this.#atFirst(this.#endpoints(reference), pulling(reference, auth), async (session) => {
      const manifest = await fetchManifest(session, reference, signal);
      const patience = {
        attempts: this.#policy.downloadAttempts ?? usualAttempts,
        retryDelayMs: this.#options.retryDelayMs ?? usualRetryDelayMs,
      };
      return {
        manifest,
        fetchDocument: (descriptor, innerSignal) => fetchDocument(session, descriptor, innerSignal),
        fetchBlob: (descriptor, innerSignal) => streamBlob(session, descriptor, patience, innerSignal),
      };
    });
  }

  listTags(
    reference: Reference,
    auth: RegistryAuth | undefined,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    return this.#atFirst(this.#endpoints(reference), pulling(reference, auth), async (session) => {
      const response = await session.get('tags/list', {}, signal);
      const body = await readBody(response, documentLimitBytes);
      const { tags } = JSON.parse(new TextDecoder().decode(body)) as { tags?: unknown };
      return Array.isArray(tags) ? tags.filter((tag): tag is string => typeof tag === 'string') : [];
    });
  }

  close(): void {
    this.#transport.close();
  }

  /**
   * Asks one endpoint after the other. What the last one says is the failure; that one cannot be reached says less
   * than what another one answered, or than that the usual one is not there.
   */
  async #atFirst<T>(
    endpoints: readonly Endpoint[],
    applicant: Applicant,
    ask: (session: Session) => Promise<T>,
  ): Promise<T> {
    const { domain } = applicant.reference;
    let failure: unknown;
    let isTelling = false;
    for (const endpoint of endpoints) {
      try {
        const answer = await ask(new Session(this.#transport, endpoint, applicant, this.#options.userAgent));
        this.#working.set(domain, endpoint.url);
        return answer;
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        const answered = !(error instanceof Unreachable);
        if (answered || !isTelling) failure = error;
        isTelling ||= answered || endpoint.url === this.#working.get(domain);
      }
    }
    throw failure;
  }

  #endpoints(reference: Reference): Endpoint[] {
    return this.#workingFirst(reference, endpointsOf(reference, this.#policy.mirrors, this.#isInsecure));
  }

  /** Of a registry that mirrors stand before, the order is the user's. */
  #workingFirst({ domain }: Reference, endpoints: readonly Endpoint[]): Endpoint[] {
    const working = this.#working.get(domain);
    if (domain === hub.domain) return [...endpoints];
    return endpoints.toSorted((a, b) => Number(b.url === working) - Number(a.url === working));
  }
}

function pulling(reference: Reference, auth: RegistryAuth | undefined): Applicant {
  return { reference, auth, access: 'pull', mountFrom: [] };
}

async function fetchManifest(
  session: Session,
  reference: Reference,
  signal: AbortSignal,
): Promise<RemoteManifest> {
  const name = reference.digest ?? reference.tag ?? 'latest';
  const response = await session.get(`manifests/${name}`, { Accept: manifestMediaTypes.join(', ') }, signal);
  const content = await readBody(response, documentLimitBytes);
  const digest = digestOf(content);
  if (reference.digest !== undefined && reference.digest !== digest) throw wrongDigest(reference.digest);
  return { digest, mediaType: (response.header('content-type') ?? '').split(';')[0]?.trim() ?? '', content };
}

/** Manifests are asked for by their own path, everything else is a blob. */
async function fetchDocument(
  session: Session,
  { mediaType, digest, size }: Descriptor,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const isManifest = manifestMediaTypes.includes(mediaType);
  const path = isManifest ? `manifests/${digest}` : `blobs/${digest}`;
  const headers: Record<string, string> = isManifest ? { Accept: mediaType } : {};
  if (size > documentLimitBytes) throw new EngineError('invalid', `document ${digest} is too long`);
  const response = await session.get(path, headers, signal);
  const content = await readBody(response, size);
  if (digestOf(content) !== digest) throw wrongDigest(digest);
  return content;
}

function wrongDigest(digest: string): EngineError {
  return new EngineError('corrupt', `manifest verification failed for digest ${digest}`);
}
