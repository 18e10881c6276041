import { statSync } from 'node:fs';
import { EngineError, errnoOf } from '#base';
import { type OpenDescriptor, openUserNamespace, setMountAttributes } from '#linux';
import type { ContainerContext } from '../context.ts';
import { type IdMap, swapIds } from '../record/id-map.ts';
import { mountOf } from '../spec/mounts.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';
import { detachedMount } from './detached-mount.ts';
import { imageMountKey } from './image-mounts.ts';
import { openSubpath } from './volume-subpath.ts';

/** Mounts without a place, as long as it is not disposed of; a container that has them keeps them. */
export interface ReadyMounts extends Disposable {
  /** Paths of their descriptors, for other processes too, by the destination. */
  readonly paths: ReadonlyMap<string, string>;
}

/** Who a container's process is. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Makes those mounts of a container that its init could not make by itself, or not safely: directories of a volume,
 * where another container may put links, images, and binds that show other owners or share mounts with the host.
 * @throws EngineError invalid, for a subpath that leads out or is missing, and for owners that cannot be shown
 */
export async function openReadyMounts(
  context: ContainerContext,
  record: ContainerRecord,
  user: Owner,
): Promise<ReadyMounts> {
  using undo = new DisposableStack();
  const paths = new Map<string, string>();
  for (const mount of record.mounts) {
    const tree = await openTree(context, record, mount);
    if (tree === undefined) continue;
    undo.use(tree);
    if (mount.idMap !== undefined) mapOwners(tree, mount, idsOf(mount.idMap, mount.source, user));
    paths.set(mount.destination, `/proc/${process.pid}/fd/${tree.fd}`);
  }
  const trees = undo.move();
  return { paths, [Symbol.dispose]: () => trees.dispose() };
}

/** Undefined for a mount that init makes. */
async function openTree(
  { snapshots, volumes }: ContainerContext,
  { id }: ContainerRecord,
  mount: ContainerMount,
): Promise<OpenDescriptor | undefined> {
  if (mount.type === 'image') {
    await using view = await snapshots.view(imageMountKey(id, mount), 'all');
    return cloneBelow(view.path, mount);
  }
  if (mount.subpath !== '') return cloneBelow(volumes.mountpoint(mount.name), mount);
  // In init's own mount namespace nothing is the host's any more that could be shared with it.
  const needsHost = mount.idMap !== undefined || mount.propagation.endsWith('shared');
  return needsHost ? detachedMount(mountOf(mount)) : undefined;
}

function cloneBelow(root: string, mount: ContainerMount): OpenDescriptor {
  using place = openSubpath(root, mount);
  return detachedMount({ ...mountOf(mount), source: place.path });
}

type Ids = Exclude<IdMap, string>;

function idsOf(map: IdMap, source: string, user: Owner): Ids {
  if (map !== 'user') return map;
  const { uid, gid } = statSync(source);
  return { uids: swapIds(uid, user.uid), gids: swapIds(gid, user.gid) };
}

function mapOwners(tree: OpenDescriptor, { source, recursive }: ContainerMount, { uids, gids }: Ids): void {
  try {
    using namespace = openUserNamespace(uids, gids);
    setMountAttributes(tree.path, { userNamespace: namespace.fd, recursive });
  } catch (cause) {
    if (errnoOf(cause) !== 'EINVAL' && errnoOf(cause) !== 'EPERM') throw cause;
    const reason = `the file system of ${source}, or one that is mounted below it, cannot show other owners`;
    throw new EngineError('invalid', `invalid mount config for type "bind": idmap: ${reason}`, { cause });
  }
}
