import { fstatSync } from 'node:fs';
import { join } from 'node:path';
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
 * no container that has the volume too can put a link there which leads elsewhere.
 * @throws EngineError invalid, for what leads out of its volume already, or is missing
 */
export function holdSubpaths(
  { volumes }: Pick<ContainerContext, 'volumes'>,
  mounts: readonly ContainerMount[],
): HeldMounts {
  using undo = new DisposableStack();
  const held = mounts.map((mount) => {
    if (mount.type !== 'volume' || mount.subpath === '') return mount;
    const place = undo.use(openSubpath(volumes.mountpoint(mount.name), mount));
    // A file is looked up beside others, by its name.
    return fstatSync(place.fd).isDirectory() ? { ...mount, source: place.path } : mount;
  });
  const places = undo.move();
  return { mounts: held, [Symbol.dispose]: () => places.dispose() };
}

/**
 * Opens what a mount shows of a volume, or of an image, that is at `root`.
 * @throws EngineError invalid, for what leads out of it; notFound
 */
export function openSubpath(root: string, { type, name, subpath }: ContainerMount): OpenDescriptor {
  using volume = openDirectory(root);
  const resolve = resolveFlag.beneath + resolveFlag.noMagicLinks;
  try {
    return openConfined({ directory: volume.fd, path: subpath || '.', flags: openPathOnly, resolve });
  } catch (cause) {
    const whole = `${type} ${name}`;
    if (errnoOf(cause) === 'EXDEV') {
      throw new EngineError('invalid', `subpath "${subpath}" leads out of ${whole}`, { cause });
    }
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    const path = type === 'image' ? `${subpath} of ${whole}` : join(root, subpath);
    throw new EngineError('notFound', `cannot access path ${path}: no such file or directory`, { cause });
  }
}
