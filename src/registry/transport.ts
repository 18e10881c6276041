import { Agent as HttpAgent, request as httpRequest, type IncomingMessage, STATUS_CODES } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EngineError, errnoOf, errorMessage } from '#base';
import type { RegistryResponse, RequestBody } from './types.ts';

export interface TransportRequest {
  readonly url: URL;
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly anyCertificate: boolean;
  readonly signal: AbortSignal;
}

/** No answer came: the host could not be reached, or not in this protocol. */
export class Unreachable extends EngineError {
  constructor(message: string, cause: unknown) {
    super('unavailable', message, { cause });
  }
}

const redirects = new Set([301, 302, 303, 307, 308]);
const redirectLimit = 10;
/** A connection over which nothing comes for so long is taken for cut. */
const silenceMs = 60_000;
const agentOptions = { keepAlive: true, timeout: 15_000 } as const;

/** HTTP requests over connections that are kept open for a while and shared. */
export class Transport {
  readonly #plain = new HttpAgent(agentOptions);
  readonly #secure = new HttpsAgent(agentOptions);
  readonly #unverified = new HttpsAgent({ ...agentOptions, rejectUnauthorized: false });

  /** Follows redirects; credentials stay with the host that they are for. @throws EngineError unavailable */
  async send(request: TransportRequest): Promise<RegistryResponse> {
    let { url, headers } = request;
    for (let hops = 0; hops <= redirectLimit; hops++) {
      const response = await this.#exchange({ ...request, url, headers });
      const location = response.headers.location;
      const isFollowed = redirects.has(response.statusCode ?? 0) && isRepeatable(request);
      if (!isFollowed || location === undefined) return wrap(response, url);
      response.resume();
      const next = new URL(location, url);
      if (next.host !== url.host || next.protocol !== url.protocol) headers = withoutCredentials(headers);
      url = next;
    }
    throw new EngineError('unavailable', `Get "${request.url}": stopped after ${redirectLimit} redirects`);
  }

  close(): void {
    for (const agent of [this.#plain, this.#secure, this.#unverified]) agent.destroy();
  }

  #exchange(request: TransportRequest): Promise<IncomingMessage> {
    const { url, method = 'GET', headers, body, anyCertificate, signal } = request;
    const secure = url.protocol === 'https:';
    const agent = secure ? (anyCertificate ? this.#unverified : this.#secure) : this.#plain;
    const send = secure ? httpsRequest : httpRequest;
    const tls = secure ? { rejectUnauthorized: !anyCertificate } : {};
    return new Promise((resolve, reject) => {
      const outgoing = send(url, { method, headers, agent, signal, ...tls });
      outgoing.setTimeout(silenceMs, () => outgoing.destroy(new Error('timed out')));
      outgoing.on('response', resolve);
      outgoing.on('error', (cause) => reject(signal.aborted ? cause : unreachable(method, url, cause)));
      if (typeof body === 'function') pipeline(Readable.from(body()), outgoing).catch(reject);
      else outgoing.end(body);
    });
  }
}

/** A failure of the connection itself, told as Docker tells it. */
function unreachable(method: string, url: URL, cause: unknown): Unreachable {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const reasons: Readonly<Record<string, string>> = {
    ECONNREFUSED: `dial tcp ${url.hostname}:${port}: connect: connection refused`,
    ConnectionRefused: `dial tcp ${url.hostname}:${port}: connect: connection refused`,
    ENOTFOUND: `dial tcp: lookup ${url.hostname}: no such host`,
    EAI_AGAIN: `dial tcp: lookup ${url.hostname}: Temporary failure in name resolution`,
  };
  const reason = reasons[errnoOf(cause) ?? ''] ?? describeFailure(errorMessage(cause));
  return new Unreachable(`${capitalised(method)} "${url}": ${reason}`, cause);
}

function capitalised(method: string): string {
  return method.charAt(0) + method.slice(1).toLowerCase();
}

function isRepeatable({ method = 'GET' }: TransportRequest): boolean {
  return method === 'GET' || method === 'HEAD';
}

function describeFailure(message: string): string {
  // What TLS libraries make of a plain answer: BoringSSL's words, OpenSSL's words.
  if (/wrong.version.number|packet.length.too.long/i.test(message)) {
    return 'http: server gave HTTP response to HTTPS client';
  }
  return /socket hang up|connection was closed|ECONNRESET/i.test(message) ? 'EOF' : message;
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

function wrap(response: IncomingMessage, url: URL): RegistryResponse {
  return {
    status: response.statusCode ?? 0,
    url,
    header(name) {
      const value = response.headers[name];
      return Array.isArray(value) ? value[0] : value;
    },
    body: bytesOf(response),
    discard: () => void response.destroy(),
  };
}

async function* bytesOf(response: IncomingMessage): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of response) yield chunk as Uint8Array;
  } catch (cause) {
    throw new Unreachable('unexpected EOF', cause);
  }
}

/** `404 Not Found`. */
export function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}
