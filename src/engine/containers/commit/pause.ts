import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerContext } from '../context.ts';
import { durableDirectory } from '../directories.ts';
import { pauseContainer, unpauseContainer } from '../lifecycle/pause.ts';
import { locked } from '../locked.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';

/** A file that says who paused the container, so that it does not stay so when the daemon is killed. */
function markerOf({ settings }: ContainerContext, id: ContainerId): string {
  return join(durableDirectory(settings, id), 'paused-for-commit');
}

/** Pauses a container that runs until the result is disposed of; one that does not run needs no pause. */
export async function pauseForCommit(
  context: ContainerContext,
  { id }: ContainerRecord,
): Promise<AsyncDisposable> {
  return await locked(context, id, async (record) => {
    if (record.state.status !== 'running') return { async [Symbol.asyncDispose]() {} };
    await writeFile(markerOf(context, id), '');
    await pauseContainer(context, record);
    return { [Symbol.asyncDispose]: () => endPause(context, id) };
  });
}

/** Ends the pause of a commit that a killed daemon left unfinished; the container lives. */
export async function endLostPause(context: ContainerContext, record: ContainerRecord): Promise<void> {
  if (!existsSync(markerOf(context, record.id))) return;
  await unpauseIfPaused(context, record);
}

/** The user may have let the container run, or have removed it, meanwhile. */
async function endPause(context: ContainerContext, id: ContainerId): Promise<void> {
  await context.lock.run(id, async () => {
    const record = context.records.get(id);
    if (record !== undefined) await unpauseIfPaused(context, record);
  });
}

async function unpauseIfPaused(context: ContainerContext, record: ContainerRecord): Promise<void> {
  if (record.state.status === 'paused') await unpauseContainer(context, record);
  await rm(markerOf(context, record.id), { force: true });
}
