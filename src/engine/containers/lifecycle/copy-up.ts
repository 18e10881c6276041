import { readdir } from 'node:fs/promises';
import { EngineError, errorKind, errorMessage } from '#base';
import { copyTree, openDirectory } from '#tree';
import type { ContainerContext } from '../context.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';

/** Fills a container's empty volumes with what its image has at their place. */
export async function fillVolumes(context: ContainerContext, record: ContainerRecord): Promise<void> {
  for (const mount of record.mounts) {
    await fillOnce(context, mount, async () => {
      await using root = await context.snapshots.open(record.id);
      using directory = openDirectory(root.path);
      await copyTree(directory, mount.destination, mount.source);
    });
  }
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
    const isDue = (await readdir(source)).length === 0 || volumes.isHalfFilled(name);
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
