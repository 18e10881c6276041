import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** What the fake keeps of what it is sent. */
export interface UploadStore {
  readonly blobs: Map<string, { readonly bytes: Uint8Array; readonly mediaType: string }>;
  readonly manifests: Map<string, { readonly bytes: Uint8Array; readonly mediaType: string }>;
}

/** The half of the fake registry that is pushed to: uploads, mounts, manifests. */
export class FakeUploads {
  readonly #store: UploadStore;
  /** Bytes so far, by upload. */
  readonly #uploads = new Map<string, Buffer>();
  /** Which repository has which blobs. */
  readonly #held = new Set<string>();
  #next = 1;
  #cuts: number[] = [];

  constructor(store: UploadStore) {
    this.#store = store;
  }

  /** Cuts the connection of each of the next bodies after so many bytes, which are kept. */
  cutAfter(...bytes: number[]): void {
    this.#cuts = bytes;
  }

  /** Makes a repository have a blob. */
  hold(repository: string, digest: string): void {
    this.#held.add(`${repository} ${digest}`);
  }

  /** Forgets every upload that is under way. */
  forget(): void {
    this.#uploads.clear();
  }

  /** Answers a request of a push; false for every other one. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    const { method = '', headers } = request;
    const url = new URL(request.url ?? '', `http://${headers.host}`);
    const [, repository = '', kind = '', name = ''] =
      /^\/v2\/(.+)\/(blobs\/uploads|blobs|manifests)\/([^/]*)$/.exec(url.pathname) ?? [];
    if (kind === 'blobs/uploads') void this.#upload({ method, url, repository, name }, request, response);
    else if (kind === 'manifests' && method === 'PUT') void this.#putManifest(name, request, response);
    else if (kind === 'blobs' && method === 'HEAD') {
      response.writeHead(this.#held.has(`${repository} ${name}`) ? 200 : 404).end();
    } else return false;
    return true;
  }

  async #upload(
    { method, url, repository, name }: Record<'method' | 'repository' | 'name', string> & { url: URL },
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (method === 'POST') return this.#begin(url, repository, response);
    const sent = this.#uploads.get(name);
    if (sent === undefined) return void response.writeHead(404).end();
    if (method === 'DELETE') this.#uploads.delete(name);
    if (method === 'DELETE' || method === 'GET') return this.#tell(response, 204, name, url.pathname);
    const { socket } = request;
    if (!(await this.#receive(name, sent, request))) return void socket.destroy();
    if (method === 'PATCH') return this.#tell(response, 202, name, url.pathname);
    const bytes = this.#uploads.get(name) ?? sent;
    const digest = url.searchParams.get('digest') ?? '';
    if (sha256(bytes) !== digest)
      return void response.writeHead(400).end('{"errors":[{"code":"DIGEST_INVALID"}]}');
    this.#store.blobs.set(digest, { bytes, mediaType: 'application/octet-stream' });
    this.hold(repository, digest);
    response.writeHead(201, { 'Docker-Content-Digest': digest }).end();
  }

  #begin(url: URL, repository: string, response: ServerResponse): void {
    const digest = url.searchParams.get('mount') ?? '';
    if (this.#held.has(`${url.searchParams.get('from')} ${digest}`)) {
      this.hold(repository, digest);
      return void response.writeHead(201).end();
    }
    const name = String(this.#next++);
    this.#uploads.set(name, Buffer.alloc(0));
    this.#tell(response, 202, name, `/v2/${repository}/blobs/uploads/${name}`);
  }

  #tell(response: ServerResponse, status: number, name: string, path: string): void {
    const end = Math.max(0, (this.#uploads.get(name)?.length ?? 0) - 1);
    response.writeHead(status, { Location: path, Range: `0-${end}`, 'Content-Length': 0 }).end();
  }

  /** Whether the whole body came; what came is kept in any case. */
  async #receive(name: string, before: Buffer, request: IncomingMessage): Promise<boolean> {
    const limit = this.#cuts.shift() ?? Number.POSITIVE_INFINITY;
    let received = Buffer.alloc(0);
    try {
      for await (const chunk of request) {
        received = Buffer.concat([received, chunk as Buffer]).subarray(0, limit);
        this.#uploads.set(name, Buffer.concat([before, received]));
        if (received.length === limit) return false;
      }
      return true;
    } catch {
      return false;
    }
  }

  async #putManifest(name: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>));
    const served = { bytes, mediaType: request.headers['content-type'] ?? '' };
    for (const key of [name, sha256(bytes)]) this.#store.manifests.set(key, served);
    response.writeHead(201, { 'Docker-Content-Digest': sha256(bytes) }).end();
  }
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
