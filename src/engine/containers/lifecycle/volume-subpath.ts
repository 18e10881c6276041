import { EngineError, errnoOf } from '#base';
import { type OpenDescriptor, openConfined, openPathOnly, resolveFlag } from '#linux';
import { openDirectory } from '#tree';
import type { ContainerContext } from '../context.ts';
import type { ContainerMount } from '../types.ts';

/** Mounts as this process is to carry them out, as long as it is not disposed of. */
export interface HeldMounts extends Disposable {
  readonly mounts: readonly ContainerMount[];
}

/**
 * Holds the directories of volumes that mounts show in place of the whole: their sources lead by descriptors, so that
 * no container that has the volume too can put a link there which leads elsewhere. A container's init, in a mount
 * namespace of its own, can't mount by a descriptor of this one: it goes by the path, which was looked at here.
 * @throws EngineError invalid, for what leads out of its volume already, or is missing
 */
export function holdSubpaths(
  { volumes }: Pick<ContainerContext, 'volumes'>,
  mounts: readonly ContainerMount[],
): HeldMounts {
  using undo = new DisposableStack();
  const held = mounts.map((mount) => {
    if (mount.type !== 'volume' || mount.subpath === '') return mount;
    const { path } = undo.use(openSubpath(volumes.mountpoint(mount.name), mount));
    return { ...mount, source: path };
  });
  const places = undo.move();
  return { mounts: held, [Symbol.dispose]: () => places.dispose() };
}

function openSubpath(root: string, { name, subpath, source }: ContainerMount): OpenDescriptor {
  using volume = openDirectory(root);
  const resolve = resolveFlag.beneath + resolveFlag.noMagicLinks;
  try {
    return openConfined({ directory: volume.fd, path: subpath, flags: openPathOnly, resolve });
  } catch (cause) {
    const reason = {
      EXDEV: `subpath "${subpath}" leads out of volume ${name}`,
      ENOENT: `cannot access path ${source}: no such file or directory`,
    }[errnoOf(cause) ?? ''];
    throw reason === undefined ? cause : new EngineError('invalid', reason, { cause });
  }
}
