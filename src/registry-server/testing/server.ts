import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Digest, digestOf, silentLog } from '#base';
import { type RunningServer, startServer } from '../serve.ts';
import { isOptionName, type OptionName } from '../settings/options.ts';
import { decodeFile } from '../settings/read-file.ts';
import { resolveSettings } from '../settings/resolve.ts';

/** A registry on a free port of 127.0.0.1, with what tests ask of it. */
export class TestServer implements AsyncDisposable {
  readonly folder: string;
  readonly #running: RunningServer;
  readonly #ownsFolder: boolean;

  constructor(running: RunningServer, folder: string, ownsFolder: boolean) {
    this.#running = running;
    this.folder = folder;
    this.#ownsFolder = ownsFolder;
  }

  get running(): RunningServer {
    return this.#running;
  }

  /** `127.0.0.1:PORT` */
  get address(): string {
    return `127.0.0.1:${this.#running.places[0]?.port}`;
  }

  /** Sends a request; `path` begins with a slash. */
  ask(
    method: string,
    path: string,
    init: { body?: string | Uint8Array; headers?: Record<string, string> } = {},
  ) {
    const body = typeof init.body === 'object' ? new Uint8Array(init.body) : init.body;
    const headers = init.headers ?? {};
    return fetch(`http://${this.address}${path}`, {
      method,
      headers,
      redirect: 'manual',
      ...(body !== undefined && { body }),
    });
  }

  /** Uploads a blob in one request. */
  async pushBlob(repository: string, content: string | Uint8Array): Promise<Digest> {
    const digest = digestOf(content);
    const response = await this.ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, {
      body: content,
    });
    if (response.status !== 201) throw new Error(`blob: ${response.status} ${await response.text()}`);
    return digest;
  }

  /** Uploads an image of one layer. */
  async pushImage(repository: string, tag: string, layer: string, extra: object = {}): Promise<PushedImage> {
    const config = `{"architecture":"amd64","os":"linux","layer":${JSON.stringify(layer)}}`;
    const parts = {
      config: await this.pushBlob(repository, config),
      layer: await this.pushBlob(repository, layer),
    };
    const content = encodeManifest(
      { digest: parts.config, size: config.length },
      [{ digest: parts.layer, size: Buffer.byteLength(layer) }],
      extra,
    );
    const headers = { 'Content-Type': manifestType };
    const response = await this.ask('PUT', `/v2/${repository}/manifests/${tag}`, { body: content, headers });
    if (response.status !== 201) throw new Error(`manifest: ${response.status} ${await response.text()}`);
    return { ...parts, content, digest: digestOf(content) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#running[Symbol.asyncDispose]();
    if (this.#ownsFolder) rmSync(this.folder, { recursive: true, force: true });
  }
}

export interface PushedImage {
  readonly config: Digest;
  readonly layer: Digest;
  readonly content: string;
  readonly digest: Digest;
}

export const manifestType = 'application/vnd.oci.image.manifest.v1+json';
export const indexType = 'application/vnd.oci.image.index.v1+json';

interface Part {
  readonly digest: string;
  readonly size: number;
}

export function encodeManifest(config: Part, layers: readonly Part[], extra: object = {}): string {
  const configType = 'application/vnd.oci.image.config.v1+json';
  const layerType = 'application/vnd.oci.image.layer.v1.tar';
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: configType, ...config },
    layers: layers.map((layer) => ({ mediaType: layerType, ...layer })),
    ...extra,
  });
}

/**
 * Starts a registry; its data goes with it, unless `folder` names what is already there.
 * @param file the text of its configuration file
 */
export async function startTestServer(
  options: Partial<Record<OptionName, string>> = {},
  { file = '{}', folder }: { readonly file?: string; readonly folder?: string } = {},
): Promise<TestServer> {
  const root = folder ?? mkdtempSync(join(tmpdir(), 'wt-registry-'));
  const content = decodeFile(file);
  const told = new Map<OptionName, readonly string[]>([
    ...content.options,
    ['listen', ['127.0.0.1:0']],
    ['data-root', [join(root, 'data')]],
    ['gc-interval', ['0']],
  ]);
  for (const [name, value] of Object.entries(options)) if (isOptionName(name)) told.set(name, [value]);
  const settings = { ...resolveSettings(told, content.sections), secretCost: { N: 2, r: 1, p: 1 } };
  const running = await startServer(settings, silentLog);
  return new TestServer(running, root, folder === undefined);
}
