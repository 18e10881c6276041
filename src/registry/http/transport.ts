import { STATUS_CODES } from 'node:http';
import { EngineError } from '#base';
import type { ResponseHead } from '#http1';
import type { RegistryResponse, RequestBody } from '../types.ts';
import { Connection } from './connection.ts';
import { dial, proxyCredentials } from './dial.ts';
import { Pool } from './pool.ts';
import { type ProxySettings, proxyFor } from './proxy.ts';
import { type Trust, trustKey } from './trust.ts';
import { explainFailure, Interrupted, SourceFailure, Unreachable } from './unreachable.ts';

export interface TransportRequest {
  readonly url: URL;
  /** `GET` if absent. */
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RequestBody;
  readonly trust: Trust;
  readonly signal: AbortSignal;
}

export interface TransportOptions {
  readonly proxies: () => ProxySettings;
  /** How long a connection may be silent while something is awaited. */
  readonly silenceMs: number;
}

const redirects = new Set([301, 302, 303, 307, 308]);
const redirectLimit = 10;
/** A rest of an answer that nobody wants is read if it is so short; else its connection goes. */
const drainBytes = 64 << 10;

/** HTTP/1.1 requests over connections that are kept open for a while and shared. */
export class Transport {
  readonly #options: TransportOptions;
  readonly #pool = new Pool();

  constructor(options: TransportOptions) {
    this.#options = options;
  }

  /**
   * Follows redirects of questions; credentials stay with the host that they are for.
   * @throws EngineError unavailable (Unreachable, Interrupted), what the body's source throws, the signal's reason
   */
  async send(request: TransportRequest): Promise<RegistryResponse> {
    const { method = 'GET' } = request;
    let { url, headers } = request;
    for (let hops = 0; hops <= redirectLimit; hops++) {
      const response = await this.#exchange({ ...request, url, headers });
      const location = response.header('location');
      const isFollowed = redirects.has(response.status) && (method === 'GET' || method === 'HEAD');
      if (!isFollowed || location === undefined || !URL.canParse(location, url.href)) return response;
      response.discard();
      const next = new URL(location, url);
      if (next.origin !== url.origin) headers = withoutCredentials(headers);
      url = next;
    }
    throw new EngineError('unavailable', `Get "${request.url}": stopped after ${redirectLimit} redirects`);
  }

  close(): void {
    this.#pool.clear();
  }

  async #exchange(request: TransportRequest): Promise<RegistryResponse> {
    const { url, method = 'GET', trust, signal } = request;
    signal.throwIfAborted();
    if (!/^https?:$/.test(url.protocol)) {
      const scheme = url.protocol.slice(0, -1);
      throw new EngineError('invalid', `${method} "${url}": unsupported protocol scheme "${scheme}"`);
    }
    const key = `${url.origin} ${trustKey(trust)}`;
    const idle = this.#pool.take(key);
    if (idle !== undefined) {
      try {
        return await this.#ask(idle, key, request);
      } catch (error) {
        // It may have been closed while it waited; but what was sent of a stream may have had its effect.
        if (!(error instanceof Interrupted) || typeof request.body === 'function') throw error;
      }
    }
    return this.#ask(await this.#open(request), key, request);
  }

  async #open({ url, method = 'GET', trust, signal }: TransportRequest): Promise<Connection> {
    try {
      const socket = await dial(url, trust, proxyFor(url, this.#options.proxies()), signal);
      return new Connection(socket, this.#options.silenceMs);
    } catch (cause) {
      signal.throwIfAborted();
      throw new Unreachable(explainFailure(method, url, cause), cause);
    }
  }

  async #ask(connection: Connection, key: string, request: TransportRequest): Promise<RegistryResponse> {
    const { url, method = 'GET', body, signal } = request;
    const abort = () => connection.destroy();
    signal.addEventListener('abort', abort, { once: true });
    const release = (isWhole: boolean) => {
      signal.removeEventListener('abort', abort);
      if (isWhole && connection.isReusable) this.#pool.put(key, connection);
      else connection.destroy();
    };
    try {
      const { text, isChunked } = this.#encodeHead(request);
      const head = await connection.ask(text, body, isChunked);
      return wrap(head, url, readBody(connection, head, method, signal, release));
    } catch (cause) {
      release(false);
      signal.throwIfAborted();
      if (cause instanceof SourceFailure) throw cause.cause;
      if (cause instanceof EngineError) throw cause;
      throw new Interrupted(explainFailure(method, url, cause), cause);
    }
  }

  #encodeHead({ url, method = 'GET', headers, body }: TransportRequest) {
    const proxy = url.protocol === 'http:' ? proxyFor(url, this.#options.proxies()) : undefined;
    const target = proxy === undefined ? `${url.pathname}${url.search}` : url.href;
    const lines = Object.entries(headers).map(([name, value]) => fieldLine(name, value));
    const isSized = Object.keys(headers).some((name) => name.toLowerCase() === 'content-length');
    const isChunked = typeof body === 'function' && !isSized;
    if (isChunked) lines.push('Transfer-Encoding: chunked\r\n');
    else if (!isSized && (body !== undefined || !isQuestion(method))) {
      lines.push(`Content-Length: ${byteLength(body)}\r\n`);
    }
    if (proxy !== undefined) lines.push(proxyCredentials(proxy));
    const text = `${method} ${target} HTTP/1.1\r\nHost: ${url.host}\r\n${lines.join('')}\r\n`;
    return { text, isChunked };
  }
}

/** @throws EngineError invalid, for a value that would begin a further field: tokens come from foreign servers */
function fieldLine(name: string, value: string): string {
  for (const character of value) {
    if (character < ' ' || character > '~')
      throw new EngineError('invalid', `invalid value of header ${name}`);
  }
  return `${name}: ${value}\r\n`;
}

function isQuestion(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function byteLength(body: RequestBody | undefined): number {
  return body === undefined || typeof body === 'function' ? 0 : Buffer.byteLength(body);
}

/** The body; `release` hears once whether all of it came over a connection that may go on. */
async function* readBody(
  connection: Connection,
  head: ResponseHead,
  method: string,
  signal: AbortSignal,
  release: (isWhole: boolean) => void,
): AsyncGenerator<Uint8Array, void> {
  let isWhole = false;
  try {
    yield* connection.body(head, method);
    isWhole = endsByItself(head, method) && head.headers.get('connection')?.toLowerCase() !== 'close';
  } catch (cause) {
    signal.throwIfAborted();
    throw new Interrupted('unexpected EOF', cause);
  } finally {
    release(isWhole);
  }
}

/** Whether the body's end is told by more than the connection's. */
function endsByItself({ status, headers }: ResponseHead, method: string): boolean {
  const isBodiless = method === 'HEAD' || status === 204 || status === 304;
  return isBodiless || headers.has('content-length') || headers.has('transfer-encoding');
}

function wrap(head: ResponseHead, url: URL, body: AsyncGenerator<Uint8Array, void>): RegistryResponse {
  return {
    status: head.status,
    url,
    header: (name) => head.headers.get(name),
    body,
    discard: () => void drain(body),
  };
}

async function drain(body: AsyncGenerator<Uint8Array, void>): Promise<void> {
  let bytes = 0;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > drainBytes) break;
    }
  } catch {
    // Nobody wants it.
  }
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization'),
  );
}

/** `404 Not Found`. */
export function statusText(status: number): string {
  return `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
}
