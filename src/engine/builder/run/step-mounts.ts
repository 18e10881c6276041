import { chmodSync, chownSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { EngineError } from '#base';
import type { StepMount } from '#engine/containers';
import { copyTree, openDirectory } from '#tree';
import { sourcePath } from '../copy/source-paths.ts';
import type { RunVertex } from '../graph/types.ts';
import type { ReadyMount } from '../solve/types.ts';
import type { CacheMounts, CacheUse, CacheWish } from './cache-mounts.ts';

/** What a command is given by its mounts. */
export interface MountPlan {
  readonly mounts: readonly StepMount[];
  /** Variables that hold secrets. */
  readonly env: readonly string[];
}

export interface MountPlaces {
  readonly caches: CacheMounts;
  /** A directory of the command alone, in memory. */
  readonly folder: string;
  /** Another, on the disk, for what may be large; not made yet. */
  readonly scratch: string;
  /** Gets what has to be given back when the command has ended. */
  readonly undo: AsyncDisposableStack;
  readonly signal: AbortSignal;
}

/** Makes ready what a command's mounts ask for. @throws EngineError */
export async function prepareMounts(
  vertex: RunVertex,
  mounts: readonly ReadyMount[],
  places: MountPlaces,
): Promise<MountPlan> {
  const caches = await takeCaches(vertex, mounts, places);
  const parts: MountPlan[] = [];
  for (const [index, ready] of mounts.entries()) {
    const folder = join(places.folder, String(index));
    const scratch = join(places.scratch, String(index));
    parts.push(await prepareMount(vertex, ready, { folder, scratch, caches }));
  }
  const script = vertex.script === undefined ? [] : [scriptMount(vertex.script, places.folder)];
  return {
    mounts: [...parts.flatMap((part) => part.mounts), ...script],
    env: parts.flatMap(({ env }) => env),
  };
}

/** What one mount is made of. */
interface MountParts {
  readonly folder: string;
  readonly scratch: string;
  /** By their ids. */
  readonly caches: ReadonlyMap<string, CacheUse>;
}

async function prepareMount(vertex: RunVertex, ready: ReadyMount, parts: MountParts): Promise<MountPlan> {
  const { mount } = ready;
  const target = targetOf(vertex, ready);
  switch (mount.type) {
    case 'tmpfs': {
      const options = mount.sizeBytes === undefined ? ['exec'] : ['exec', `size=${mount.sizeBytes}`];
      return mounted({ type: 'tmpfs', destination: target, options });
    }
    case 'bind':
      return mounted(await prepareBind(ready, target, parts.scratch));
    case 'cache': {
      const source = parts.caches.get(cacheId(vertex, ready))?.path;
      return source === undefined
        ? { mounts: [], env: [] }
        : mounted({ type: 'bind', source, destination: target, writable: !mount.readOnly });
    }
    case 'secret':
      return prepareSecret(ready, target, parts.folder);
    case 'ssh':
      if (!mount.required) return { mounts: [], env: [] };
      throw new EngineError('notImplemented', 'ssh mounts need a client that forwards its agent');
  }
}

function mounted(mount: StepMount): MountPlan {
  return { mounts: [mount], env: [] };
}

/** What a command writes to a bind is thrown away: it writes to a copy. */
async function prepareBind(
  { mount, tree }: ReadyMount,
  destination: string,
  scratch: string,
): Promise<StepMount> {
  const source = sourceOf(tree, mount.source);
  if (mount.readOnly) return { type: 'bind', source, destination, writable: false };
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const copy = join(scratch, 'copy');
  if (statSync(source).isDirectory()) await copyInto(source, copy);
  else await copyFile(source, copy);
  return { type: 'bind', source: copy, destination, writable: true };
}

/** In the order of their ids, so that two commands never wait for each other; one that is wanted twice is one. */
async function takeCaches(
  vertex: RunVertex,
  mounts: readonly ReadyMount[],
  { caches, undo, signal }: MountPlaces,
): Promise<ReadonlyMap<string, CacheUse>> {
  const wanted = mounts.filter(({ mount }) => mount.type === 'cache');
  const byId = new Map(wanted.map((ready) => [cacheId(vertex, ready), ready]));
  const uses = new Map<string, CacheUse>();
  for (const id of [...byId.keys()].sort()) {
    const ready = byId.get(id);
    if (ready !== undefined) uses.set(id, undo.use(await caches.take(cacheWish(id, ready), signal)));
  }
  return uses;
}

function cacheWish(id: string, { mount, tree }: ReadyMount): CacheWish {
  return {
    id,
    sharing: mount.sharing ?? 'shared',
    mode: mount.mode ?? 0o755,
    uid: mount.uid ?? 0,
    gid: mount.gid ?? 0,
    fill: async (directory: string) => {
      if (tree !== undefined) await copyInto(sourceOf(tree, mount.source), directory);
    },
  };
}

function cacheId(vertex: RunVertex, ready: ReadyMount): string {
  return ready.mount.id ?? targetOf(vertex, ready);
}

function targetOf({ workingDir }: RunVertex, { mount }: ReadyMount): string {
  return posix.resolve('/', workingDir, mount.target ?? '');
}

function prepareSecret({ mount, content }: ReadyMount, target: string, folder: string): MountPlan {
  if (content === undefined) return { mounts: [], env: [] };
  const env = mount.env === undefined ? [] : [`${mount.env}=${Buffer.from(content).toString()}`];
  if (mount.env !== undefined && mount.target === undefined) return { mounts: [], env };
  const destination = mount.target === undefined ? `/run/secrets/${posix.basename(mount.id ?? '')}` : target;
  const source = writeOwned(folder, 'secret', content, mount);
  return { mounts: [{ type: 'bind', source, destination, writable: false }], env };
}

function scriptMount({ path, content }: NonNullable<RunVertex['script']>, folder: string): StepMount {
  const source = writeOwned(folder, 'script', Buffer.from(content), { mode: 0o755, uid: 0, gid: 0 });
  return { type: 'bind', source, destination: path, writable: false };
}

function sourceOf(tree: string | undefined, source: string | undefined): string {
  if (tree === undefined) throw new EngineError('internal', 'a mount has no source');
  const path = sourcePath(tree, source ?? '/');
  return path === '/' ? tree : tree + path;
}

async function copyInto(source: string, target: string): Promise<void> {
  mkdirSync(target, { recursive: true });
  using directory = openDirectory(source);
  await copyTree(directory, '/', target);
}

function writeOwned(
  folder: string,
  name: string,
  content: Uint8Array,
  {
    mode = 0o400,
    uid = 0,
    gid = 0,
  }: { mode: number | undefined; uid: number | undefined; gid: number | undefined },
): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, content, { mode: 0o600 });
  chownSync(path, uid, gid);
  chmodSync(path, mode);
  return path;
}
