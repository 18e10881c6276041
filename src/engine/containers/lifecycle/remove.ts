import { rm } from 'node:fs/promises';
import { messages } from '#api';
import { EngineError, errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import { bundleDirectory, durableDirectory } from '../directories.ts';
import { locked } from '../locked.ts';
import { publish } from '../publish.ts';
import { transition } from '../transition.ts';
import type { ContainerRecord, RemoveOptions } from '../types.ts';
import { removeImageMounts } from './image-mounts.ts';
import { endAtOnce } from './stop.ts';

/** Removes a container, with force also one that runs. The lock is not held: its exit takes it. */
export async function endAndRemove(
  context: ContainerContext,
  ref: string,
  options: RemoveOptions,
): Promise<void> {
  const record = context.records.find(ref);
  if (record.state.status === 'removing') {
    throw new EngineError('conflict', messages.removalInProgress(record.id));
  }
  if (options.force) await endAtOnce(context, record.id);
  // A container with AutoRemove is gone by now.
  if (options.force && context.records.get(record.id) === undefined) return;
  await locked(context, record.id, (stopped) => removeContainer(context, stopped, options));
}

/** Removes a container that does not run, and all that is its own; its lock is held. */
export async function removeContainer(
  context: ContainerContext,
  record: ContainerRecord,
  options: Pick<RemoveOptions, 'volumes'>,
): Promise<void> {
  refuseLive(record);
  const removesVolumes = options.volumes === true;
  const removing = transition(context, record.id, { type: 'removing' }, { removesVolumes });
  try {
    await Promise.all([context.logShipping.leave(record.id), context.logPacking.leave(record.id)]);
    await removeBelongings(context, removing, removesVolumes);
  } catch (error) {
    transition(context, record.id, { type: 'removeFailed', error: errorMessage(error) });
    throw error;
  }
  context.records.delete(record.id);
  if (record.image.id !== '') context.images.noteUse(record.image.id);
  context.execs.deleteOf(record.id);
  context.restarts.forget(record.id);
  for (const { duplex } of context.live.takeWaiting(record.id)) duplex.destroy();
  publish(context, record, 'destroy');
  context.watch.notify(record.id, 'removed');
}

function refuseLive({ name, state: { status } }: ContainerRecord): void {
  if (['running', 'paused', 'restarting'].includes(status)) {
    throw new EngineError('conflict', messages.liveRemove(name, status));
  }
}

/** Takes back a container that was not finished; it never was for anybody else. */
export async function undoCreate(context: ContainerContext, record: ContainerRecord): Promise<void> {
  await removeBelongings(context, record, true);
  context.records.delete(record.id);
}

/** Idempotent: what is gone already is no error. */
async function removeBelongings(
  { settings, snapshots, volumes }: ContainerContext,
  record: ContainerRecord,
  withVolumes: boolean,
): Promise<void> {
  const { id, mounts } = record;
  await Promise.all([
    snapshots.remove(id),
    removeImageMounts({ snapshots }, record),
    rm(bundleDirectory(settings, id), { recursive: true, force: true }),
    rm(durableDirectory(settings, id), { recursive: true, force: true }),
  ]);
  volumes.release(id);
  if (!withVolumes) return;
  for (const { type, name } of mounts) if (type === 'volume') await volumes.removeOrphan(name);
}
