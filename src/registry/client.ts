import type { Reference } from '#oci';
import type { Applicant } from './credentials.ts';
import { type Endpoint, EndpointFinder } from './endpoints.ts';
import { Transport } from './http/transport.ts';
import { Unreachable } from './http/unreachable.ts';
import { domainOf, splitSearchTerm } from './index-server.ts';
import { logIn } from './login.ts';
import type { Patience } from './patience.ts';
import { manifestName, Repository } from './repository.ts';
import { searchAt } from './search.ts';
import { Session } from './session.ts';
import { readStoredAuth } from './stored-auth.ts';
import type {
  FoundRepository,
  OpenOptions,
  RegistryAuth,
  RegistryClient,
  RegistryLogin,
  RegistryOptions,
  RegistryPolicy,
  RegistrySession,
  RemoteImage,
  RemoteRepository,
  SearchRequest,
} from './types.ts';

const usualRetryDelayMs = 500;
const usualAttempts = 5;
const usualSilenceMs = 60_000;
const usualCertificatesFolder = '/etc/docker/certs.d';
const noProxies = { http: '', https: '', none: '' };

export function createRegistryClient(options: RegistryOptions): RegistryClient {
  return new DistributionClient(options);
}

class DistributionClient implements RegistryClient {
  readonly #options: RegistryOptions;
  readonly #transport: Transport;
  #policy: RegistryPolicy;
  #endpoints: EndpointFinder;
  /** The endpoint that worked last, by registry: it is asked first the next time. */
  readonly #working = new Map<string, string>();

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#policy = options;
    this.#endpoints = this.#findEndpoints();
    this.#transport = new Transport({
      proxies: () => this.#policy.proxies ?? noProxies,
      silenceMs: options.silenceMs ?? usualSilenceMs,
    });
  }

  setPolicy(policy: RegistryPolicy): void {
    this.#policy = policy;
    this.#endpoints = this.#findEndpoints();
  }

  async open(
    reference: Reference,
    auth: RegistryAuth | undefined,
    options: OpenOptions,
    signal: AbortSignal,
  ): Promise<RegistrySession> {
    const applicant = { reference, auth, mountFrom: [], ...options };
    const repository = this.#repository(this.#endpoints.own(reference), applicant);
    return repository.ask(async (session) => {
      const response = await session.request('GET', new URL(`${session.endpoint.url}/v2/`), { signal });
      response.discard();
      return session;
    });
  }

  repository(reference: Reference, auth: RegistryAuth | undefined): RemoteRepository {
    const applicant: Applicant = { reference, auth, access: 'pull', mountFrom: [] };
    return this.#repository(this.#endpoints.all(reference), applicant);
  }

  ownAuth(domain: string): RegistryAuth | undefined {
    const { credentialsFile } = this.#options;
    return credentialsFile === undefined ? undefined : readStoredAuth(credentialsFile, domain);
  }

  async resolve(
    reference: Reference,
    auth: RegistryAuth | undefined,
    signal: AbortSignal,
  ): Promise<RemoteImage> {
    const repository = this.repository(reference, auth);
    return { manifest: await repository.fetchManifest(manifestName(reference), signal), repository };
  }

  async logIn(server: string, auth: RegistryAuth, signal: AbortSignal): Promise<RegistryLogin> {
    const endpoints = this.#endpoints.own({ domain: domainOf(server) });
    return firstReached(endpoints, (endpoint) => logIn({ ...this.#means(), endpoint, auth, signal }));
  }

  async search(
    { term, limit, auth }: SearchRequest,
    signal: AbortSignal,
  ): Promise<readonly FoundRepository[]> {
    const { host, words } = splitSearchTerm(term);
    return firstReached(this.#endpoints.at(host), (endpoint) =>
      searchAt({ ...this.#means(), endpoint, auth, term: words, limit, signal }),
    );
  }

  close(): void {
    this.#transport.close();
  }

  #repository(endpoints: readonly Endpoint[], applicant: Applicant): Repository {
    const { domain } = applicant.reference;
    const working = this.#working.get(domain);
    const patience = this.#patience();
    const settings = { ...this.#means(), patience };
    const sessions = endpoints
      .toSorted((a, b) => rank(a, working) - rank(b, working))
      .map((endpoint) => {
        const entitled = endpoint.isMirror ? { ...applicant, auth: this.#mirrorAuth(endpoint) } : applicant;
        return new Session(settings, endpoint, entitled, endpoint.url === working);
      });
    return new Repository(sessions, patience, ({ endpoint }) => {
      if (!endpoint.isMirror) this.#working.set(domain, endpoint.url);
    });
  }

  /** The user's credentials are for the registry, not for its mirrors. */
  #mirrorAuth({ url }: Endpoint): RegistryAuth | undefined {
    return this.ownAuth(new URL(url).host);
  }

  #means() {
    return { transport: this.#transport, userAgent: this.#options.userAgent };
  }

  #patience(): Patience {
    return {
      attempts: this.#policy.downloadAttempts ?? usualAttempts,
      retryDelayMs: this.#options.retryDelayMs ?? usualRetryDelayMs,
    };
  }

  #findEndpoints(): EndpointFinder {
    return new EndpointFinder(this.#policy, this.#options.certificatesFolder ?? usualCertificatesFolder);
  }
}

/** What the first endpoint says that can be reached. */
async function firstReached<T>(
  endpoints: readonly Endpoint[],
  ask: (endpoint: Endpoint) => Promise<T>,
): Promise<T> {
  let failure: unknown;
  for (const endpoint of endpoints) {
    try {
      return await ask(endpoint);
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      failure = error;
    }
  }
  throw failure;
}

/** Mirrors keep the order that the user gave them; of the registry's own endpoints the one that worked comes first. */
function rank({ isMirror, url }: Endpoint, working: string | undefined): number {
  if (isMirror) return 0;
  return url === working ? 1 : 2;
}
