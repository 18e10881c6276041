import { posix } from 'node:path';
import type { OpenDescriptor } from '#linux';
import type { ContainerContext } from '../context.ts';
import { isLive, pidOf } from '../state.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';
import { openDirectory } from './open-directory.ts';

/** A directory that a container's path is to be looked up in, and the path from there. */
export interface ContainerRoot extends AsyncDisposable {
  readonly directory: OpenDescriptor;
  readonly path: string;
  /** False: a read-only root or mount. */
  readonly writable: boolean;
}

/**
 * Opens where a container's path leads: in the root of a live container, in the snapshot of a stopped one, or
 * in what would be mounted there.
 */
export async function openContainerRoot(
  context: ContainerContext,
  record: ContainerRecord,
  path: string,
): Promise<ContainerRoot> {
  const clean = posix.resolve('/', path);
  const mount = mountAbove(record, clean);
  const writable = mount === undefined ? !record.hostConfig.ReadonlyRootfs : mount.writable;
  if (isLive(record.state)) return rootAt(`/proc/${pidOf(record.state)}/root`, clean, writable);
  if (mount !== undefined && mount.type !== 'tmpfs') return rootOfMount(mount, clean);
  const snapshot = await context.snapshots.open(record.id);
  const root = rootAt(snapshot.path, clean, writable);
  return {
    ...root,
    async [Symbol.asyncDispose]() {
      await root[Symbol.asyncDispose]();
      await snapshot[Symbol.asyncDispose]();
    },
  };
}

function rootAt(directory: string, path: string, writable: boolean): ContainerRoot {
  const opened = openDirectory(directory);
  return {
    directory: opened,
    path,
    writable,
    async [Symbol.asyncDispose]() {
      opened[Symbol.dispose]();
    },
  };
}

/** A file that is mounted by itself is looked up in its directory. */
function rootOfMount(mount: ContainerMount, path: string): ContainerRoot {
  const below = path.slice(mount.destination.length) || '/';
  try {
    return rootAt(mount.source, below, mount.writable);
  } catch {
    return rootAt(posix.dirname(mount.source), `/${posix.basename(mount.source)}`, mount.writable);
  }
}

function mountAbove({ mounts }: ContainerRecord, path: string): ContainerMount | undefined {
  return mounts
    .filter(({ destination }) => path === destination || path.startsWith(`${destination}/`))
    .sort((a, b) => b.destination.length - a.destination.length)[0];
}
