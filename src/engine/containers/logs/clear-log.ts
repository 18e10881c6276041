import { rm, truncate } from 'node:fs/promises';
import { EngineError, undefinedFor } from '#base';
import type { ContainerContext } from '../context.ts';
import { pathsOf } from '../directories.ts';
import type { ContainerRecord } from '../types.ts';
import { inodeOf, namesOf } from './files/log-files.ts';

/**
 * Empties a container's log; its lock is held. The shim of a live one does it itself, between two writes.
 * @throws EngineError notImplemented, for a container without a log
 */
export async function clearLog(context: ContainerContext, record: ContainerRecord): Promise<void> {
  const { log: path } = pathsOf(context.settings, record);
  if (path === '') {
    throw new EngineError('notImplemented', 'configured logging driver does not support clearing');
  }
  const live = context.live.get(record.id);
  if (live !== undefined) return await context.logFiles.alone(path, () => live.task.clearLog());
  await context.logFiles.alone(path, () => removeFiles(path));
}

async function removeFiles(path: string): Promise<void> {
  for (let number = 1; ; number++) {
    const names = namesOf(path, number);
    const there = (await Promise.all(names.map(inodeOf))).some((inode) => inode !== undefined);
    if (!there) break;
    for (const name of names) await rm(name, { force: true });
  }
  await truncate(path).catch(undefinedFor('ENOENT'));
}
