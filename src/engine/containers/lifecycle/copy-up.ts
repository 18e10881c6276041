import { readdir } from 'node:fs/promises';
import { copyTree, openDirectory } from '#tree';
import type { ContainerContext } from '../context.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';

/** Fills a container's empty volumes with what its image has at their place. */
export async function fillVolumes(context: ContainerContext, record: ContainerRecord): Promise<void> {
  const empty: ContainerMount[] = [];
  for (const mount of record.mounts) if (mount.copyUp && (await isEmpty(mount.source))) empty.push(mount);
  if (empty.length === 0) return;
  await using root = await context.snapshots.open(record.id);
  using directory = openDirectory(root.path);
  for (const mount of empty) await copyTree(directory, mount.destination, mount.source);
}

async function isEmpty(directory: string): Promise<boolean> {
  return (await readdir(directory)).length === 0;
}
