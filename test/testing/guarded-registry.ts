import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type OwnRegistry, startOwnRegistry } from './registry-server.ts';

export const rootPassword = 'correct-horse';
/** Of every user that the tests make. */
export const userPassword = 'battery-staple';

/** A wharf-registry with accounts, and what tests do as its administrator. */
export interface GuardedRegistry extends AsyncDisposable {
  readonly own: OwnRegistry;
  /** Asks the management API as the administrator; must succeed. */
  manage(method: string, path: string, body?: object): Promise<unknown>;
  /** Makes a user with a role in a project that is there. */
  addMember(project: string, user: string, role: string): Promise<void>;
  /** Pushes an image of one layer. */
  push(repository: string, tag: string, layer: string): Promise<void>;
}

export async function startGuardedRegistry(args: readonly string[] = []): Promise<GuardedRegistry> {
  const folder = await mkdtemp('/var/tmp/wharf-test-password-');
  await writeFile(`${folder}/password`, `${rootPassword}\n`);
  const own = await startOwnRegistry({ args: ['--admin-password-file', `${folder}/password`, ...args] });
  const headers = { Authorization: `Basic ${btoa(`admin:${rootPassword}`)}` };
  const ask = async (method: string, path: string, init: RequestInit) => {
    const response = await own.ask(method, path, { ...init, headers: { ...headers, ...init.headers } });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return text;
  };
  const pushBlob = async (repository: string, content: string) => {
    const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
    await ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: content });
    return { digest, size: content.length };
  };
  const guarded: GuardedRegistry = {
    own,
    async manage(method, path, body) {
      const text = await ask(method, `/api${path}`, body === undefined ? {} : { body: JSON.stringify(body) });
      return text === '' ? undefined : JSON.parse(text);
    },
    async addMember(project, user, role) {
      await guarded.manage('POST', '/users', { name: user, password: userPassword });
      await guarded.manage('PUT', `/projects/${project}/members/${user}`, { role });
    },
    async push(repository, tag, layer) {
      const mediaType = 'application/vnd.oci.image.manifest.v1+json';
      const config = await pushBlob(repository, '{"architecture":"amd64","os":"linux"}');
      const manifest = {
        schemaVersion: 2,
        mediaType,
        config: { mediaType: 'application/vnd.oci.image.config.v1+json', ...config },
        layers: [
          { mediaType: 'application/vnd.oci.image.layer.v1.tar', ...(await pushBlob(repository, layer)) },
        ],
      };
      const init = { body: JSON.stringify(manifest), headers: { 'Content-Type': mediaType } };
      await ask('PUT', `/v2/${repository}/manifests/${tag}`, init);
    },
    async [Symbol.asyncDispose]() {
      await own[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return guarded;
}
