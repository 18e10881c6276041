import { constants } from 'node:fs';
import { EngineError, errnoOf } from '#base';
import { openConfined, openPathOnly } from '#linux';
import { openContainerRoot } from '../archive/container-root.ts';
import type { ContainerContext } from '../context.ts';
import type { ContainerRecord } from '../types.ts';

/**
 * Refuses a working directory that a start could not make: a file is in its place, or on the way. Only one that the
 * request names is looked at; the image's is the image's matter.
 * @throws EngineError internal, in Docker's words
 */
export async function refuseFileAsDirectory(
  context: ContainerContext,
  record: ContainerRecord,
): Promise<void> {
  const { WorkingDir: path } = record.request;
  if (path === '') return;
  await using root = await openContainerRoot(context, record, { path, followsLast: true, access: 'read' });
  const flags = openPathOnly | constants.O_DIRECTORY;
  try {
    openConfined({ directory: root.directory.fd, path: root.path, flags })[Symbol.dispose]();
  } catch (cause) {
    // What is missing is made at the start.
    if (errnoOf(cause) !== 'ENOTDIR') return;
    throw new EngineError('internal', `Cannot mkdir: ${path} is not a directory`, { cause });
  }
}
