import { HttpReader, type ResponseHead, type Wire, writeChunked } from '#http1';
import { encodeRequest, fileOffer } from './request-writer.ts';
import { connectWire } from './transport/index.ts';
import { ApiError, type ApiRequest, type ApiResponse, type Endpoint, type HijackedStream } from './types.ts';

/** The newest API version this client speaks. */
export const clientApiVersion = '1.51';

export interface ApiClientOptions {
  readonly endpoint: Endpoint;
  /** Pins the API version and turns negotiation off (DOCKER_API_VERSION). */
  readonly pinnedVersion?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Connection {
  readonly wire: Wire;
  readonly reader: HttpReader;
}

/**
 * A client of one daemon. Speaks the newest version at once and steps down when the daemon says that
 * it is too new, so that the usual call costs one round trip. Idle connections are used again; calls
 * may run in parallel. `close()` drops them all, for good.
 */
export class ApiClient {
  readonly endpoint: Endpoint;
  readonly #headers: readonly string[];
  readonly #idle: Connection[] = [];
  readonly #open = new Set<Wire>();
  readonly #pinned: boolean;
  #version: string;
  #negotiated = false;
  #takesFiles = false;
  #closed = false;

  constructor(options: ApiClientOptions) {
    this.endpoint = options.endpoint;
    this.#pinned = options.pinnedVersion !== undefined;
    this.#version = options.pinnedVersion ?? clientApiVersion;
    this.#headers = Object.entries(options.headers ?? {}).map(([name, value]) => `${name}: ${value}`);
  }

  /** The version the next call will use. */
  get version(): string {
    return this.#version;
  }

  /** Sends a request and returns the answer's head with the body to be read. @throws ApiError for a status of 400 and up */
  async send(request: ApiRequest): Promise<ApiResponse> {
    if (request.body !== undefined) await this.negotiate();
    const { connection, head } = await this.#exchange(request, this.#headers);
    const response = this.#response(connection, head, request.method);
    if (head.status < 400) return response;
    const error = new ApiError(head.status, await errorText(response));
    if (this.#stepDown(error)) return this.send(request);
    throw error;
  }

  /** Sends a request and decodes the JSON answer; undefined for an empty one. */
  async json<T>(request: ApiRequest): Promise<T> {
    const text = await (await this.send(request)).text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** Sends a request whose answer carries nothing of interest; returns the status. */
  async call(request: ApiRequest): Promise<number> {
    const response = await this.send(request);
    await response.text();
    return response.status;
  }

  /** Sends a request that turns its connection into a stream both ways. */
  async hijack(request: ApiRequest): Promise<HijackedStream> {
    const extra = [...this.#headers, 'Connection: Upgrade', 'Upgrade: tcp'];
    const { connection, head } = await this.#exchange(request, extra);
    if (head.status >= 400) {
      const error = new ApiError(head.status, await errorText(this.#response(connection, head, 'POST')));
      if (this.#stepDown(error)) return this.hijack(request);
      throw error;
    }
    const { wire, reader } = connection;
    return {
      multiplexed: head.headers.get('content-type') === 'application/vnd.docker.multiplexed-stream',
      read: () => reader.readRaw(),
      write: (bytes) => wire.write(bytes),
      end: () => wire.end(),
      destroy: () => wire.destroy(),
    };
  }

  /** A connection of the caller's own, for any use; who gets it destroys it. @throws ConnectionError */
  async connect(): Promise<Wire> {
    const wire = await connectWire(this.endpoint);
    const destroy = () => {
      this.#open.delete(wire);
      wire.destroy();
    };
    if (this.#closed) {
      destroy();
      throw new Error('the client is closed');
    }
    this.#open.add(wire);
    return {
      read: () => wire.read(),
      write: (bytes) => wire.write(bytes),
      end: () => wire.end(),
      destroy,
    };
  }

  /** Asks the daemon for its version once; needed before a call whose body cannot be sent twice. */
  async negotiate(): Promise<void> {
    if (this.#negotiated || this.#pinned) return;
    const { connection, head } = await this.#exchange({ method: 'HEAD', path: '/_ping' }, this.#headers, '');
    await this.#response(connection, head, 'HEAD').text();
    this.#negotiated = true;
    this.#takesFiles = this.endpoint.kind === 'unix' && head.headers.has('wharf-takes-files');
    const theirs = head.headers.get('api-version');
    if (theirs !== undefined && isOlder(theirs, this.#version)) this.#version = theirs;
  }

  /** Drops every connection; a call in progress fails, and so does every later one. */
  close(): void {
    this.#closed = true;
    this.#idle.length = 0;
    for (const wire of this.#open) wire.destroy();
    this.#open.clear();
  }

  async #exchange(request: ApiRequest, extra: readonly string[], prefix = `/v${this.#version}`) {
    const offer = request.bodyFile !== undefined && this.#takesFiles ? fileOffer(request.bodyFile) : [];
    const head = encodeRequest(request, prefix, [...extra, ...offer]);
    const reused = request.body === undefined ? this.#idle.pop() : undefined;
    if (reused !== undefined) {
      const answer = await roundTrip(reused, head).catch((error) => {
        reused.wire.destroy();
        // Only a request without effect may be sent twice.
        if (request.method !== 'GET' && request.method !== 'HEAD') throw error;
      });
      if (answer !== undefined) return { connection: reused, head: answer };
    }
    const wire = await this.connect();
    const connection = { wire, reader: new HttpReader(wire) };
    if (offer.length === 0) return { connection, head: await roundTrip(connection, head, request.body) };
    return { connection, head: await offerFirst(connection, head, request.body) };
  }

  #response(connection: Connection, head: ResponseHead, method: string): ApiResponse {
    const body = this.#readBody(connection, head, method);
    return {
      status: head.status,
      headers: head.headers,
      body,
      text: async () => {
        const parts: Uint8Array[] = [];
        for await (const part of body) parts.push(part);
        return Buffer.concat(parts).toString('utf8');
      },
      cancel: () => connection.wire.destroy(),
    };
  }

  async *#readBody(
    connection: Connection,
    head: ResponseHead,
    method: string,
  ): AsyncGenerator<Uint8Array, void> {
    let complete = false;
    try {
      yield* connection.reader.body(head, method);
      complete = head.headers.has('content-length') || head.headers.has('transfer-encoding');
    } finally {
      const reusable = complete && head.headers.get('connection')?.toLowerCase() !== 'close';
      if (reusable) this.#idle.push(connection);
      else connection.wire.destroy();
    }
  }

  /** Takes the daemon's version from its refusal; false when the error is another one. */
  #stepDown(error: ApiError): boolean {
    if (this.#pinned || error.status !== 400) return false;
    const match = /^client version \S+ is too new\. Maximum supported API version is (\d+\.\d+)/.exec(
      error.message,
    );
    if (match?.[1] === undefined || !isOlder(match[1], this.#version)) return false;
    this.#version = match[1];
    return true;
  }
}

/** Sends a body only to a daemon that asks for it. */
async function offerFirst(
  { wire, reader }: Connection,
  head: string,
  body: AsyncIterable<Uint8Array> | undefined,
): Promise<ResponseHead> {
  await wire.write(head);
  const first = await reader.readAnyHead();
  return first.status === 100 ? roundTrip({ wire, reader }, '', body) : first;
}

async function roundTrip(
  connection: Connection,
  head: string,
  upload?: AsyncIterable<Uint8Array>,
): Promise<ResponseHead> {
  const { wire, reader } = connection;
  await wire.write(head);
  if (upload === undefined) return reader.readHead();
  const answer = reader.readHead();
  // A daemon that refuses early answers before it has read the body: its answer is what counts.
  const sent = writeChunked(wire, upload).catch(() => undefined);
  await Promise.race([sent, answer]);
  return answer;
}

/** The message of an error answer: Docker's JSON form, else the text itself. */
async function errorText(response: ApiResponse): Promise<string> {
  const text = (await response.text()).trim();
  if (response.headers.get('content-type') === 'application/json') {
    try {
      const { message } = JSON.parse(text) as { message?: unknown };
      if (typeof message === 'string') return message.trim();
    } catch {
      // Not JSON after all: the text is the message.
    }
  }
  return text === '' ? `request returned ${response.status}` : text;
}

function isOlder(version: string, than: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [otherMajor = 0, otherMinor = 0] = than.split('.').map(Number);
  return major < otherMajor || (major === otherMajor && minor < otherMinor);
}
