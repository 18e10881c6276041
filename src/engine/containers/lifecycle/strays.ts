import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage, undefinedFor } from '#base';
import { cgroupDirectories, describeSetup, removeCgroup } from '#linux';
import { endTask, isTask } from '#task';
import type { ContainerContext } from '../context.ts';
import { bundleDirectory, bundleRoot, durableDirectory, durableRoot } from '../directories.ts';
import { isLive } from '../state.ts';
import { imageMountKeys } from './image-mounts.ts';

/** Removes what belongs to no container: snapshots, bundles with their processes, lasting files, cgroups. */
export async function removeStrays(context: ContainerContext): Promise<void> {
  const { records, settings, snapshots } = context;
  const all = records.all();
  const known = new Set<string>(all.map(({ id }) => id));
  await snapshots.reconcile(new Set([...known, ...all.flatMap(imageMountKeys)]));
  for (const id of await namesIn(bundleRoot(settings))) {
    if (!known.has(id)) await removeBundle(context, id);
  }
  for (const id of await namesIn(durableRoot(settings))) {
    if (!known.has(id)) await rm(durableDirectory(settings, id), { recursive: true, force: true });
  }
  for (const id of context.secretFiles.holders()) {
    const record = records.get(id);
    if (record === undefined || !isLive(record.state)) context.secretFiles.discard(id);
  }
  await removeCgroups(context);
}

/** A bundle of nobody: its container's record is gone, or never was. */
async function removeBundle({ tasks, settings }: ContainerContext, id: string): Promise<void> {
  const found = await tasks.connect(id);
  if (isTask(found)) await endTask(found);
  await rm(bundleDirectory(settings, id), { recursive: true, force: true });
}

async function removeCgroups({ records, cgroups, settings, log }: ContainerContext): Promise<void> {
  const parents = cgroupDirectories(describeSetup(cgroups, settings.cgroupParent));
  const ids = new Set(
    (await Promise.all(parents.map(namesIn))).flat().filter((name) => /^[0-9a-f]{64}$/.test(name)),
  );
  for (const id of ids) {
    const record = records.get(id);
    if (record !== undefined && isLive(record.state)) continue;
    try {
      await removeCgroup({ ...cgroups, path: join(settings.cgroupParent, id) });
    } catch (error) {
      log.warn('a cgroup was left behind', { id, error: errorMessage(error) });
    }
  }
}

async function namesIn(directory: string): Promise<string[]> {
  return (await readdir(directory).catch(undefinedFor('ENOENT'))) ?? [];
}
