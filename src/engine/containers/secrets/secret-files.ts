import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { SecretKind, Secrets } from '#engine/secrets';
import { mount, mountFlag, SystemCallError, unmount } from '#linux';
import type { RuntimeMount } from '#oci';
import type { ContainerRecord, SecretMount } from '../types.ts';

export interface SecretSources {
  /** What the secrets and the configs are read from. */
  readonly secrets: Readonly<Record<SecretKind, Pick<Secrets, 'find' | 'read'>>>;
  readonly execRoot: string;
}

/**
 * The files of live containers' secrets. They are in a file system of their own that only root can enter and that is
 * in memory alone, where the kernel can, without swap too: what containers see of it is bound into them.
 */
export class SecretFiles {
  readonly #sources: SecretSources;
  readonly #root: string;

  constructor(sources: SecretSources) {
    this.#sources = sources;
    this.#root = join(sources.execRoot, 'secrets');
  }

  /** Writes a container's files anew. @returns how they are mounted. @throws EngineError notFound, corrupt */
  write({ id, secrets = [] }: ContainerRecord): RuntimeMount[] {
    this.discard(id);
    if (secrets.length === 0) return [];
    mountMemory(this.#root);
    const directory = join(this.#root, id);
    mkdirSync(directory, { mode: 0o700 });
    return secrets.map((secret, index) => this.#writeOne(secret, join(directory, String(index))));
  }

  #writeOne({ kind, id, destination, uid, gid, mode }: SecretMount, source: string): RuntimeMount {
    writeFileSync(source, this.#sources.secrets[kind].read(id), { mode: 0o600, flag: 'wx' });
    chownSync(source, uid, gid);
    chmodSync(source, mode);
    const options = ['bind', 'ro', 'nosuid', 'nodev', 'noexec', 'rprivate'];
    return { destination, type: 'bind', source, options };
  }

  /** Removes a container's files. Idempotent. */
  discard(id: string): void {
    rmSync(join(this.#root, id), { recursive: true, force: true });
  }

  /** Ids of the containers that have files. */
  holders(): string[] {
    return existsSync(this.#root) ? readdirSync(this.#root) : [];
  }

  /** Removes everything, when no container lives. Idempotent. */
  clear(): void {
    if (isMountPoint(this.#root)) unmount(this.#root, { lazy: true });
    rmSync(this.#root, { recursive: true, force: true });
  }
}

function mountMemory(path: string): void {
  if (isMountPoint(path)) return;
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const flags = mountFlag.noSuid + mountFlag.noDev + mountFlag.noExec;
  const request = { source: 'wharf-secrets', target: path, type: 'tmpfs', flags };
  try {
    mount({ ...request, data: 'mode=0700,noswap' });
  } catch (error) {
    // Before Linux 6.4.
    if (!(error instanceof SystemCallError) || error.code !== 'EINVAL') throw error;
    mount({ ...request, data: 'mode=0700' });
  }
}

function isMountPoint(path: string): boolean {
  const found = statSync(path, { throwIfNoEntry: false });
  return found !== undefined && found.dev !== statSync(dirname(path)).dev;
}
