import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { EngineError } from '#base';
import type { StepMount } from '#engine/containers';
import { copyTree, openDirectory } from '#tree';
import { sourcePaths } from '../copy/source-paths.ts';
import type { RunVertex } from '../graph/types.ts';
import type { ReadyMount } from '../solve/types.ts';
import type { CacheMounts, CacheUse } from './cache-mounts.ts';

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
  const parts: MountPlan[] = [];
  for (const [index, mount] of mounts.entries()) {
    parts.push(await prepareMount(vertex, mount, { ...places, folder: join(places.folder, String(index)) }));
  }
  const script = vertex.script === undefined ? [] : [scriptMount(vertex.script, places.folder)];
  return {
    mounts: [...parts.flatMap((part) => part.mounts), ...script],
    env: parts.flatMap(({ env }) => env),
  };
}

async function prepareMount(vertex: RunVertex, ready: ReadyMount, places: MountPlaces): Promise<MountPlan> {
  const { mount } = ready;
  const target = posix.resolve('/', vertex.workingDir, mount.target ?? '');
  switch (mount.type) {
    case 'tmpfs': {
      const options = mount.sizeBytes === undefined ? ['exec'] : ['exec', `size=${mount.sizeBytes}`];
      return mounted({ type: 'tmpfs', destination: target, options });
    }
    case 'bind':
      return mounted(await prepareBind(ready, target, places));
    case 'cache':
      return mounted(await prepareCache(ready, target, places));
    case 'secret':
      return prepareSecret(ready, target, places.folder);
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
  places: MountPlaces,
): Promise<StepMount> {
  const source = sourceOf(tree, mount.source);
  if (mount.readOnly) return { type: 'bind', source, destination, writable: false };
  mkdirSync(places.folder, { recursive: true });
  await copyInto(source, places.folder);
  return { type: 'bind', source: places.folder, destination, writable: true };
}

async function prepareCache(
  { mount, tree }: ReadyMount,
  destination: string,
  places: MountPlaces,
): Promise<StepMount> {
  const wish = {
    id: mount.id ?? destination,
    sharing: mount.sharing ?? 'shared',
    mode: mount.mode ?? 0o755,
    uid: mount.uid ?? 0,
    gid: mount.gid ?? 0,
    fill: async (directory: string) => {
      if (tree !== undefined) await copyInto(sourceOf(tree, mount.source), directory);
    },
  };
  const cache: CacheUse = places.undo.use(await places.caches.take(wish, places.signal));
  return { type: 'bind', source: cache.path, destination, writable: !mount.readOnly };
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
  const [path = '/'] = sourcePaths(tree, source ?? '/');
  return path === '/' ? tree : tree + path;
}

async function copyInto(source: string, target: string): Promise<void> {
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
