import { realpath } from 'node:fs/promises';
import { EngineError, errnoOf } from '#base';
import type { ContainerContext } from '../context.ts';
import type { ContainerMount } from '../types.ts';

/**
 * Refuses directories of volumes that lead out of their volume, by `..` or by a link that a container put there, and
 * those that are missing.
 * @throws EngineError invalid
 */
export async function refuseEscapes(
  { volumes }: ContainerContext,
  mounts: readonly ContainerMount[],
): Promise<void> {
  for (const { type, name, subpath, source } of mounts) {
    if (type !== 'volume' || subpath === '') continue;
    const top = await realpath(volumes.mountpoint(name));
    const real = await realPathOf(source);
    if (!`${real}/`.startsWith(`${top}/`)) {
      throw new EngineError('invalid', `subpath "${subpath}" leads out of volume ${name}`);
    }
  }
}

async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (cause) {
    if (errnoOf(cause) !== 'ENOENT') throw cause;
    throw new EngineError('invalid', `cannot access path ${path}: no such file or directory`, { cause });
  }
}
