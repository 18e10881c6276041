import { readdir } from 'node:fs/promises';
import { copyTree, openDirectory } from '#tree';
import type { ContainerMount } from '../types.ts';

/** Fills an empty volume with what a running container has at its place. */
export async function fillFromLive(pid: number, mount: ContainerMount): Promise<void> {
  if (!mount.copyUp || (await readdir(mount.source)).length > 0) return;
  using root = openDirectory(`/proc/${pid}/root`);
  await copyTree(root, mount.destination, mount.source);
}
