import { type Challenge, parseChallenge } from './challenge.ts';
import { type Applicant, answerChallenge } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import { refusal } from './refusal.ts';
import type { Transport } from './transport.ts';
import type { RegistryResponse, RegistrySession, SessionRequest } from './types.ts';

const successes = new Set([200, 206]);

/** Requests of one applicant to one repository at one endpoint; remembers what authorises them. */
export class Session implements RegistrySession {
  readonly #transport: Transport;
  readonly endpoint: Endpoint;
  readonly #applicant: Applicant;
  readonly #userAgent: string;
  #authorization: string | undefined;

  constructor(transport: Transport, endpoint: Endpoint, applicant: Applicant, userAgent: string) {
    this.#transport = transport;
    this.endpoint = endpoint;
    this.#applicant = applicant;
    this.#userAgent = userAgent;
    const token = applicant.auth?.registryToken;
    this.#authorization = token === undefined ? undefined : `Bearer ${token}`;
  }

  get reference() {
    return this.#applicant.reference;
  }

  async request(method: string, target: string | URL, request: SessionRequest): Promise<RegistryResponse> {
    const url = typeof target === 'string' ? this.#urlOf(target) : target;
    const response = await this.#send(method, url, request);
    const challenge = response.status === 401 ? challengeOf(response) : undefined;
    if (challenge === undefined) return response;
    response.discard();
    this.#authorization = await answerChallenge(
      this.#transport,
      challenge,
      this.#applicant,
      this.endpoint.anyCertificate,
      request.signal,
    );
    return this.#send(method, url, request);
  }

  /**
   * Gets something below the repository.
   * @throws EngineError with Docker's texts, for every answer that is no success
   */
  async get(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<RegistryResponse> {
    const response = await this.request('GET', path, { headers, signal });
    if (!successes.has(response.status)) throw await refusal(response, this.#applicant.reference);
    return response;
  }

  #urlOf(path: string): URL {
    return new URL(`${this.endpoint.url}/v2/${this.#applicant.reference.path}/${path}`);
  }

  #send(method: string, url: URL, { headers, body, signal }: SessionRequest): Promise<RegistryResponse> {
    const isOwnHost = url.host === new URL(this.endpoint.url).host;
    return this.#transport.send({
      method,
      url,
      headers: {
        'User-Agent': this.#userAgent,
        'Accept-Encoding': 'identity',
        ...(isOwnHost && this.#authorization !== undefined && { Authorization: this.#authorization }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      anyCertificate: this.endpoint.anyCertificate,
      signal,
    });
  }
}

function challengeOf(response: RegistryResponse): Challenge | undefined {
  const header = response.header('www-authenticate');
  return header === undefined ? undefined : parseChallenge(header);
}
