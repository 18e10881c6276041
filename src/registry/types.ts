import type { AnyDigest, Digest } from '#base';
import type { Descriptor, Reference } from '#oci';
import type { ProxySettings } from './http/proxy.ts';
import type { OnWait } from './patience.ts';

/** Which registries are asked and how patiently; may change while the client lives. */
export interface RegistryPolicy {
  /** URLs that are asked first for images of docker.io, in this order. */
  readonly mirrors: readonly string[];
  /** What is set for single registries, by their domain. */
  readonly registries?: Readonly<Record<string, RegistrySettings>>;
  /** Hosts (`name`, `name:port`) and networks (CIDR) that may be spoken to without TLS or with any certificate. */
  readonly insecureRegistries: readonly string[];
  /** How often a download may be cut without having brought a byte; 5 if absent. */
  readonly downloadAttempts?: number;
  readonly proxies?: ProxySettings;
}

export interface RegistrySettings {
  /** URLs that are asked first for images of this registry, in this order. */
  readonly mirrors: readonly string[];
}

/** How the daemon reaches registries. */
export interface RegistryOptions extends RegistryPolicy {
  readonly userAgent: string;
  /** The first wait before a cut download or a busy registry is tried again; later ones double. */
  readonly retryDelayMs?: number;
  /** How long a registry may be silent in the middle of an exchange; a minute if absent. */
  readonly silenceMs?: number;
  /** Credentials of the client's own, in a file as Docker's client keeps them; read anew each time. Absent: none. */
  readonly credentialsFile?: string;
  /** Docker's layout of certificates, `HOST[:PORT]/{*.crt,*.cert,*.key}`; `/etc/docker/certs.d` if absent. */
  readonly certificatesFolder?: string;
}

/** Who asks: the content of Docker's X-Registry-Auth. */
export interface RegistryAuth {
  readonly username?: string;
  readonly password?: string;
  /** A refresh token of the registry's token server. */
  readonly identityToken?: string;
  /** A ready bearer token. */
  readonly registryToken?: string;
}

/** What a registry that took the credentials gave for them. */
export interface RegistryLogin {
  /** To be used instead of the password from now on; empty when there is none. */
  readonly identityToken: string;
}

/** A repository that a search found. */
export interface FoundRepository {
  readonly name: string;
  readonly description: string;
  readonly isOfficial: boolean;
  readonly stars: number;
}

export interface SearchRequest {
  /** Words, or `registry.example/words` for another index than the Hub's. */
  readonly term: string;
  readonly limit: number;
  readonly auth?: RegistryAuth;
}

/** A manifest or index as a registry serves it; the bytes have this digest. */
export interface RemoteManifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly content: Uint8Array;
}

/** How a blob is read. */
export interface BlobReading {
  /** The position of the first byte; 0 if absent. */
  readonly from?: number;
  /** Hears of each wait before the next try. */
  readonly onWait?: OnWait;
}

/** A repository, at whichever of its endpoints answers. */
export interface RemoteRepository {
  /** The digest of what a tag names now, without bringing it; undefined when the registry does not say. */
  findDigest(name: string, signal: AbortSignal): Promise<Digest | undefined>;
  /** What a tag or digest names now; verified when it is a digest. @throws EngineError with Docker's texts */
  fetchManifest(name: string, signal: AbortSignal): Promise<RemoteManifest>;
  /** A further document that a manifest or index names; verified. */
  fetchDocument(descriptor: Descriptor, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * The bytes of a blob; goes on where it was cut, a bounded number of times. Not verified here: the reader hashes.
   * @throws EngineError, also in the middle
   */
  fetchBlob(
    descriptor: Descriptor<AnyDigest>,
    signal: AbortSignal,
    reading?: BlobReading,
  ): AsyncIterable<Uint8Array>;
  /** Every tag. */
  listTags(signal: AbortSignal): Promise<readonly string[]>;
}

/** What a reference names now, and where the rest of it is. */
export interface RemoteImage {
  readonly manifest: RemoteManifest;
  readonly repository: RemoteRepository;
}

/** What a session may do in its repository. */
export type RepositoryAccess = 'pull' | 'pull,push';

/** A body to send: bytes, or what opens a new stream of them each time it has to be sent. */
export type RequestBody = Uint8Array | string | (() => AsyncIterable<Uint8Array>);

export interface SessionRequest {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly signal: AbortSignal;
}

/** What a registry answered, whatever its status. */
export interface RegistryResponse {
  readonly status: number;
  /** Where it came from, after redirects: what a relative `Location` is relative to. */
  readonly url: URL;
  /** A header by its name in lower case. */
  header(name: string): string | undefined;
  /** The body; an interrupted one throws. Must be read or discarded. */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): void;
}

/** Requests to one repository at one endpoint, authorised as they need it. */
export interface RegistrySession {
  readonly reference: Reference;
  /**
   * Sends a request to a path below the repository (`blobs/uploads/`), or to a URL that the registry gave. A challenge
   * is answered once a request; credentials go to no other host; 429 and 503 are waited for as long as they ask, a
   * few times.
   * @throws EngineError unavailable, when no answer comes; other statuses are the caller's
   */
  request(method: string, target: string | URL, request: SessionRequest): Promise<RegistryResponse>;
}

export interface OpenOptions {
  readonly access: RepositoryAccess;
  /** Further repositories of the same registry that blobs are mounted from. */
  readonly mountFrom?: readonly string[];
}

export interface RegistryClient {
  /**
   * A session at the registry itself, never at a mirror.
   * @throws EngineError unavailable, when it cannot be reached
   */
  open(
    reference: Reference,
    auth: RegistryAuth | undefined,
    options: OpenOptions,
    signal: AbortSignal,
  ): Promise<RegistrySession>;
  /** A repository by way of its mirrors; nothing is asked yet. @throws EngineError invalid, for bad certificates */
  repository(reference: Reference, auth: RegistryAuth | undefined): RemoteRepository;
  /**
   * The client's own credentials for a registry, for what it does of itself; mirrors get theirs.
   * @throws EngineError invalid, for a file that makes no sense
   */
  ownAuth(domain: string): RegistryAuth | undefined;
  /** Finds what a reference names now. @throws EngineError with Docker's texts */
  resolve(reference: Reference, auth: RegistryAuth | undefined, signal: AbortSignal): Promise<RemoteImage>;
  /**
   * Tries credentials at a registry, which is named by its host or as clients keep it (`https://HOST/v1/`); the Hub
   * when the name is empty.
   * @throws EngineError unauthorized, invalid, unavailable
   */
  logIn(server: string, auth: RegistryAuth, signal: AbortSignal): Promise<RegistryLogin>;
  /** @throws EngineError, when the index cannot be asked */
  search(request: SearchRequest, signal: AbortSignal): Promise<readonly FoundRepository[]>;
  /** For what begins from now on. */
  setPolicy(policy: RegistryPolicy): void;
  /** Closes the connections that are kept open. */
  close(): void;
}
