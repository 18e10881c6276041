import { readdir } from 'node:fs/promises';
import { EngineError, errorKind, errorMessage } from '#base';
import { copyTree, openDirectory } from '#tree';
import type { ContainerContext } from '../context.ts';
import { isLive } from '../state.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';

/** Fills a container's empty volumes with what its image has at their place. */
export async function fillVolumes(context: ContainerContext, record: ContainerRecord): Promise<void> {
  for (const mount of record.mounts) {
    if (isSettled(context, mount)) continue;
    await fillOnce(context, mount, async () => {
      await using root = await context.snapshots.open(record.id);
      using directory = openDirectory(root.path);
      await copyTree(directory, mount.destination, mount.source);
    });
  }
}

/**
 * That another container runs with the volume, and had its chance to fill it: a look at one whose server is gone by
 * now would hold up this process.
 */
function isSettled({ records, volumes }: ContainerContext, { name }: ContainerMount): boolean {
  if (volumes.isHalfFilled(name)) return false;
  return volumes.mountUsers(name).some((user) => {
    const state = records.get(user)?.state;
    return state !== undefined && isLive(state);
  });
}

/** Fills an empty volume with what a running container has at its place. */
export async function fillFromLive(
  context: ContainerContext,
  pid: number,
  mount: ContainerMount,
): Promise<void> {
  await fillOnce(context, mount, async () => {
    using root = openDirectory(`/proc/${pid}/root`);
    await copyTree(root, mount.destination, mount.source);
  });
}

/**
 * Containers that share a volume wait for the first, which alone fills it; a copy that a daemon was killed in is made
 * again.
 */
async function fillOnce(
  { lock, volumes }: ContainerContext,
  { copyUp, name, source }: ContainerMount,
  copy: () => Promise<void>,
): Promise<void> {
  if (!copyUp) return;
  await lock.run(`volume ${name}`, async () => {
    const isDue = volumes.isHalfFilled(name) || (await readdir(source)).length === 0;
    if (!isDue) return;
    volumes.noteFilling(name, true);
    try {
      await copy();
    } catch (cause) {
      const reason = `error while filling volume '${source}': ${errorMessage(cause)}`;
      throw new EngineError(errorKind(cause), reason, { cause });
    }
    volumes.noteFilling(name, false);
  });
}
