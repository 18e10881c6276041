import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FakeUploads } from './fake-uploads.ts';

/** A request that the fake got. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** Answers a request itself when it returns true; else the fake answers as a registry would. */
export type Misbehaviour = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A registry in this process, on a port of 127.0.0.1, that holds what a test gives it and errs as it says. */
export interface FakeRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  readonly seen: SeenRequest[];
  /** Keeps bytes as a blob and answers their digest. */
  addBlob(bytes: Uint8Array): string;
  /** Serves a document under a tag and its digest. */
  addManifest(tag: string, content: string, mediaType: string): string;
  /** The bytes of a blob or a manifest that is here. */
  content(name: string): Uint8Array | undefined;
  /** What it is pushed to. */
  readonly uploads: FakeUploads;
  misbehave(how: Misbehaviour): void;
}

interface Served {
  readonly bytes: Uint8Array;
  readonly mediaType: string;
}

/** On the given port, or on any that is free. */
export async function startFakeRegistry(wantedPort = 0): Promise<FakeRegistry> {
  const blobs = new Map<string, Served>();
  const manifests = new Map<string, Served>();
  const seen: SeenRequest[] = [];
  const uploads = new FakeUploads({ blobs, manifests });
  let misbehaviour: Misbehaviour = () => false;
  const server = createServer((request, response) => {
    const { method = '', url: path = '', headers } = request;
    seen.push({ method, path, authorization: headers.authorization, range: headers.range });
    if (misbehaviour(request, response) || uploads.handle(request, response)) return;
    const [, kind, name = ''] = /\/v2\/.+\/(blobs|manifests)\/([^/]+)$/.exec(path) ?? [];
    const found = kind === 'manifests' ? manifests.get(name) : blobs.get(name);
    if (found === undefined) refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    else serve(response, found, headers.range);
  });
  await new Promise<void>((resolve) => server.listen(wantedPort, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    seen,
    uploads,
    content: (name) => (blobs.get(name) ?? manifests.get(name))?.bytes,
    addBlob(bytes) {
      const digest = sha256(bytes);
      blobs.set(digest, { bytes, mediaType: 'application/octet-stream' });
      return digest;
    },
    addManifest(tag, content, mediaType) {
      const bytes = Buffer.from(content);
      const digest = sha256(bytes);
      for (const name of [tag, digest]) manifests.set(name, { bytes, mediaType });
      return digest;
    },
    misbehave(how) {
      misbehaviour = how;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Answers with an error of the distribution protocol. */
export function refuse(response: ServerResponse, status: number, code: string, message: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify({ errors: [{ code, message }] }));
}

/** Sends half of a body that was announced in full, and cuts the connection. */
export function cutHalfWay(response: ServerResponse, bytes: Uint8Array, from = 0): void {
  const rest = bytes.subarray(from);
  response.writeHead(from === 0 ? 200 : 206, { 'Content-Length': rest.length });
  response.write(rest.subarray(0, Math.ceil(rest.length / 2)), () => response.destroy());
}

function serve(response: ServerResponse, { bytes, mediaType }: Served, range: string | undefined): void {
  const from = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
  response.writeHead(from === 0 ? 200 : 206, {
    'Content-Type': mediaType,
    'Content-Length': bytes.length - from,
    'Docker-Content-Digest': sha256(bytes),
  });
  response.end(bytes.subarray(from));
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}
