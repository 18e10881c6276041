import { challengeOf } from './challenge.ts';
import { type Applicant, answerChallenge } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import type { Transport } from './http/transport.ts';
import { askPatiently, type OnWait, type Patience } from './patience.ts';
import { refusal } from './refusal.ts';
import type { RegistryResponse, RegistrySession, SessionRequest } from './types.ts';

const successes = new Set([200, 206]);

/** What sessions of one client have in common. */
export interface SessionSettings {
  readonly transport: Transport;
  readonly userAgent: string;
  readonly patience: Patience;
}

/** Requests of one applicant to one repository at one endpoint; remembers what authorises them. */
export class Session implements RegistrySession {
  readonly endpoint: Endpoint;
  /** Whether this endpoint answered the last time. */
  readonly isUsual: boolean;
  readonly #settings: SessionSettings;
  readonly #applicant: Applicant;
  #authorization: string | undefined;
  #hasAnswered = false;

  constructor(settings: SessionSettings, endpoint: Endpoint, applicant: Applicant, isUsual: boolean) {
    this.#settings = settings;
    this.isUsual = isUsual;
    this.endpoint = endpoint;
    this.#applicant = applicant;
    const token = this.#applicant.auth?.registryToken;
    this.#authorization = token === undefined ? undefined : `Bearer ${token}`;
  }

  /** Whether anything has come from it yet: it is there, whatever happens now. */
  get hasAnswered(): boolean {
    return this.#hasAnswered;
  }

  get reference() {
    return this.#applicant.reference;
  }

  async request(method: string, target: string | URL, request: SessionRequest): Promise<RegistryResponse> {
    const url = typeof target === 'string' ? this.#urlOf(target) : target;
    const ask = () => this.#authorised(method, url, request);
    // Who has another endpoint to ask does not wait for a busy one; what reads from a source is its owner's to repeat.
    if (this.endpoint.isMirror || typeof request.body === 'function') return ask();
    return askPatiently(ask, this.#settings.patience, request.signal);
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
    return this.#requireSuccess(await this.request('GET', path, { headers, signal }));
  }

  /** Like get(), for a reader that goes on by itself after a cut, and hears of other waits. */
  async getOnce(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
    onWait: OnWait,
  ): Promise<RegistryResponse> {
    const ask = () => this.#authorised('GET', this.#urlOf(path), { headers, signal });
    const usual = { ...this.#settings.patience, onWait };
    const patience = this.endpoint.isMirror ? { attempts: 1, retryDelayMs: 0 } : usual;
    return this.#requireSuccess(await askPatiently(ask, patience, signal, 'told'));
  }

  async #requireSuccess(response: RegistryResponse): Promise<RegistryResponse> {
    if (!successes.has(response.status)) throw await refusal(response, this.#applicant.reference);
    return response;
  }

  async #authorised(method: string, url: URL, request: SessionRequest): Promise<RegistryResponse> {
    const response = await this.#send(method, url, request);
    // Another host that was redirected to, and would like to know who asks, is not told.
    const isAsked = response.status === 401 && this.#isOwn(response.url);
    const challenge = isAsked ? challengeOf(response) : undefined;
    if (challenge === undefined) return response;
    response.discard();
    this.#authorization = await answerChallenge(challenge, this.#applicant, {
      transport: this.#settings.transport,
      trust: this.endpoint.trust,
      signal: request.signal,
    });
    return this.#send(method, url, request);
  }

  #urlOf(path: string): URL {
    return new URL(`${this.endpoint.url}/v2/${this.#applicant.reference.path}/${path}`);
  }

  #isOwn({ origin }: URL): boolean {
    return origin === new URL(this.endpoint.url).origin;
  }

  async #send(
    method: string,
    url: URL,
    { headers, body, signal }: SessionRequest,
  ): Promise<RegistryResponse> {
    const response = await this.#settings.transport.send({
      method,
      url,
      headers: {
        'User-Agent': this.#settings.userAgent,
        'Accept-Encoding': 'identity',
        ...(this.#isOwn(url) && this.#authorization !== undefined && { Authorization: this.#authorization }),
        ...headers,
      },
      ...(body !== undefined && { body }),
      trust: this.endpoint.trust,
      signal,
    });
    this.#hasAnswered = true;
    return response;
  }
}
