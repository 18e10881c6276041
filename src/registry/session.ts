import { type Challenge, parseChallenge } from './challenge.ts';
import { type Applicant, answerChallenge } from './credentials.ts';
import type { Endpoint } from './endpoints.ts';
import { refusal } from './refusal.ts';
import type { Transport, TransportResponse } from './transport.ts';

const successes = new Set([200, 206]);

/** Requests of one applicant to one repository at one endpoint; remembers what authorises them. */
export class Session {
  readonly #transport: Transport;
  readonly #endpoint: Endpoint;
  readonly #applicant: Applicant;
  readonly #userAgent: string;
  #authorization: string | undefined;

  constructor(transport: Transport, endpoint: Endpoint, applicant: Applicant, userAgent: string) {
    this.#transport = transport;
    this.#endpoint = endpoint;
    this.#applicant = applicant;
    this.#userAgent = userAgent;
    const token = applicant.auth?.registryToken;
    this.#authorization = token === undefined ? undefined : `Bearer ${token}`;
  }

  /**
   * Gets something below the repository; an expired token is renewed once.
   * @throws EngineError with Docker's texts, for every answer that is no success
   */
  async get(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<TransportResponse> {
    let response = await this.#send(path, headers, signal);
    const challenge = response.status === 401 ? challengeOf(response) : undefined;
    if (challenge !== undefined) {
      response.discard();
      this.#authorization = await answerChallenge(this.#transport, challenge, this.#applicant, signal);
      response = await this.#send(path, headers, signal);
    }
    if (!successes.has(response.status)) throw await refusal(response, this.#applicant.reference);
    return response;
  }

  #send(
    path: string,
    headers: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<TransportResponse> {
    const { url, anyCertificate } = this.#endpoint;
    return this.#transport.send({
      url: new URL(`${url}/v2/${this.#applicant.reference.path}/${path}`),
      headers: {
        'User-Agent': this.#userAgent,
        'Accept-Encoding': 'identity',
        ...(this.#authorization !== undefined && { Authorization: this.#authorization }),
        ...headers,
      },
      anyCertificate,
      signal,
    });
  }
}

function challengeOf(response: TransportResponse): Challenge | undefined {
  const header = response.header('www-authenticate');
  return header === undefined ? undefined : parseChallenge(header);
}
