import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EngineError, errorKind } from '#base';
import { readIgnoreFile } from '#dockerfile';
import type { Builder, BuildRequest, BuiltImage, SourceTree, TreeVertex } from '#engine/builder';
import { parseReference } from '#oci';
import type { RegistryAuth } from '#registry';
import type { ContextFolders } from './context-folders.ts';
import { inFile } from './failure.ts';
import { receiveFiles } from './files/receive-files.ts';
import type { Job } from './jobs.ts';
import {
  credentialsRequest,
  credentialsResponse,
  getSecretRequest,
  getSecretResponse,
} from './messages/session.ts';
import { buildOptions, type FrontendOptions, stepLimits } from './options.ts';
import type { ClientSession } from './sessions.ts';

const secretsMethod = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const credentialsMethod = '/moby.filesync.v1.Auth/Credentials';

export interface FrontendParts {
  readonly builder: Builder;
  readonly folders: ContextFolders;
}

/** Builds by a Dockerfile that a client has, from the files of its session. */
export async function solveDockerfile(
  { builder, folders }: FrontendParts,
  { job, session, options }: { job: Job; session: ClientSession; options: FrontendOptions },
): Promise<BuiltImage> {
  const { signal } = job;
  const files = new ClientFiles(session, folders, signal);
  const name = options.filename || 'Dockerfile';
  const { dockerfile, exclude } = await files.dockerfile(name);
  const request: BuildRequest = {
    dockerfile,
    options: buildOptions(options),
    pull: options['image-resolve-mode'] === 'pull',
    authOf: (reference) => credentialsOf(session, reference, signal),
    sources: {
      tree: (vertex) => files.tree(vertex, exclude),
      secret: (id) => secretOf(session, id, signal),
    },
    hostConfig: stepLimits(options),
    epochSeconds: epochOf(options),
    onEvent: (event) => job.tell(event),
    onPlanned: () => {},
  };
  try {
    return await builder.build(request, signal);
  } catch (error) {
    throw error instanceof EngineError ? inFile(error, { name, text: dockerfile }) : error;
  }
}

function epochOf(options: FrontendOptions): number | undefined {
  const text = options['build-arg:SOURCE_DATE_EPOCH'] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}

/** What a build reads of its client's directories. */
class ClientFiles {
  readonly #session: ClientSession;
  readonly #folders: ContextFolders;
  readonly #signal: AbortSignal;

  constructor(session: ClientSession, folders: ContextFolders, signal: AbortSignal) {
    this.#session = session;
    this.#folders = folders;
    this.#signal = signal;
  }

  /** The Dockerfile, and the patterns of what is left out of the context: its own, or those of the context. */
  async dockerfile(
    name: string,
  ): Promise<{ readonly dockerfile: string; readonly exclude: readonly string[] }> {
    const own = `${name}.dockerignore`;
    await using folder = await this.#receive('dockerfile', [name, own], []);
    const path = join(folder.path, name);
    if (!existsSync(path)) {
      throw new EngineError('invalid', `failed to read dockerfile: open ${name}: no such file or directory`);
    }
    const dockerfile = readFileSync(path, 'utf8');
    if (existsSync(join(folder.path, own))) return { dockerfile, exclude: ignoreFile(folder, own) };
    await using context = await this.#receive('context', ['.dockerignore'], []);
    return { dockerfile, exclude: ignoreFile(context, '.dockerignore') };
  }

  async tree(vertex: TreeVertex, exclude: readonly string[]): Promise<SourceTree> {
    if (vertex.op !== 'local') {
      throw new EngineError('notImplemented', `sources by ${vertex.op} are not supported`);
    }
    return await this.#receive(vertex.context, [], vertex.context === 'context' ? exclude : []);
  }

  #receive(name: string, include: readonly string[], exclude: readonly string[]): Promise<SourceTree> {
    const { sharedKey, id } = this.#session;
    const key = JSON.stringify([sharedKey || id, name, include]);
    return this.#folders.take(key, (path) =>
      receiveFiles(this.#session, { name, include, exclude }, path, this.#signal),
    );
  }
}

function ignoreFile({ path }: SourceTree, name: string): string[] {
  const file = join(path, name);
  return existsSync(file) ? readIgnoreFile(readFileSync(file, 'utf8')) : [];
}

async function secretOf(
  session: ClientSession,
  id: string,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  if (!session.methods.includes(secretsMethod)) return undefined;
  try {
    const { data } = await session.client.unary(
      secretsMethod,
      getSecretRequest,
      getSecretResponse,
      { ID: id },
      signal,
    );
    return data;
  } catch (error) {
    if (errorKind(error) === 'notFound') return undefined;
    throw error;
  }
}

async function credentialsOf(
  session: ClientSession,
  reference: string,
  signal: AbortSignal,
): Promise<RegistryAuth | undefined> {
  if (!session.methods.includes(credentialsMethod)) return undefined;
  const { client } = session;
  const { Username, Secret } = await client.unary(
    credentialsMethod,
    credentialsRequest,
    credentialsResponse,
    { Host: registryHost(reference) },
    signal,
  );
  if (Secret === '') return undefined;
  return Username === '' ? { identityToken: Secret } : { username: Username, password: Secret };
}

/** What clients keep the credentials of a reference's registry under. */
function registryHost(reference: string): string {
  const { domain } = parseReference(reference);
  return domain === 'docker.io' ? 'registry-1.docker.io' : domain;
}
