import type { Reference } from '#oci';
import { readHostCertificates, type Trust } from './http/trust.ts';
import { insecureTest } from './insecure.ts';
import type { RegistryPolicy } from './types.ts';

/** Where a repository may be found. */
export interface Endpoint {
  /** `https://host[:port]`, without a slash at the end. */
  readonly url: string;
  readonly trust: Trust;
  /** A mirror is asked without the credentials of users, which are for the registry. */
  readonly isMirror: boolean;
}

const hub = { domain: 'docker.io', host: 'registry-1.docker.io' } as const;

/** Knows the endpoints of references under one policy; certificates are read anew for each. */
export class EndpointFinder {
  readonly #policy: RegistryPolicy;
  readonly #certificatesFolder: string;
  readonly #isInsecure: (host: string) => boolean;

  constructor(policy: RegistryPolicy, certificatesFolder: string) {
    this.#policy = policy;
    this.#certificatesFolder = certificatesFolder;
    this.#isInsecure = insecureTest(policy.insecureRegistries);
  }

  /**
   * The endpoints in the order they are asked: mirrors, then the registry itself.
   * @throws EngineError invalid, for a folder of certificates that makes no sense
   */
  all(reference: Reference): Endpoint[] {
    const { mirrors, registries } = this.#policy;
    const listed = registries?.[reference.domain]?.mirrors ?? [];
    const common = reference.domain === hub.domain ? mirrors : [];
    return [...[...listed, ...common].map((mirror) => this.#mirror(mirror)), ...this.own(reference)];
  }

  /** The registry's own endpoints: TLS, and plain HTTP where that is allowed. */
  own({ domain }: Pick<Reference, 'domain'>): Endpoint[] {
    return this.at(domain === hub.domain ? hub.host : domain);
  }

  /** The endpoints of a host. */
  at(host: string): Endpoint[] {
    const insecure = host !== hub.host && this.#isInsecure(host);
    const secured = this.#endpoint(`https://${host}`, host, false);
    return insecure ? [secured, this.#endpoint(`http://${host}`, host, false)] : [secured];
  }

  #mirror(mirror: string): Endpoint {
    const { protocol, host, pathname } = new URL(mirror);
    return this.#endpoint(`${protocol}//${host}${pathname.replace(/\/+$/, '')}`, host, true);
  }

  #endpoint(url: string, host: string, isMirror: boolean): Endpoint {
    const certificates = readHostCertificates(this.#certificatesFolder, host);
    return { url, trust: { anyCertificate: this.#isInsecure(host), certificates }, isMirror };
  }
}
