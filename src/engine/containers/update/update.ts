import { availableParallelism } from 'node:os';
import type { ContainerUpdateRequest } from '#api';
import { EngineError, errorKind, errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import { holdSubpaths } from '../lifecycle/volume-subpath.ts';
import { ensureVolumes, mountSources, nameVolumes, refuseMissingSources } from '../lifecycle/volumes.ts';
import { publish } from '../publish.ts';
import { isLive } from '../state.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';
import { discardUnsupported } from './discard-unsupported.ts';
import { editLive, type LiveEdit } from './edit-live.ts';
import { editable, planUpdate, type UpdatePlan, validateUpdate } from './plan-update.ts';
import { releaseVolumes } from './volume-uses.ts';

/**
 * Changes a container; its lock is held. One that runs is changed at once, as far as the kernel lets it; what only a
 * new process can have waits for the next start. A failure leaves everything as it was.
 * @throws EngineError with Docker's texts
 */
export async function updateContainer(
  context: ContainerContext,
  record: ContainerRecord,
  request: ContainerUpdateRequest,
): Promise<{ readonly warnings: readonly string[] }> {
  validateUpdate(request, availableParallelism());
  const { change, warnings } = discardUnsupported(context, request);
  try {
    refuseEnded(record);
    await using undo = new AsyncDisposableStack();
    const named = await nameMounts(planUpdate(record, change, exposedByImage(context, record)));
    undo.defer(() => releaseVolumes(context, named.record, record));
    const plan = withMounts(named, await ensureVolumes(context, named.record));
    const updated = isLive(record.state)
      ? await editHeld(context, record, { plan, change })
      : context.records.update(record.id, editable(plan.record));
    undo.move();
    await releaseVolumes(context, record, updated);
    publish(context, updated, 'update');
    return { warnings };
  } catch (cause) {
    throw new EngineError(errorKind(cause), `Cannot update container ${record.id}: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

async function editHeld(
  context: ContainerContext,
  record: ContainerRecord,
  { plan, change }: LiveEdit,
): Promise<ContainerRecord> {
  const added = await mountSources(context, record.id, plan.mounts.add);
  using held = holdSubpaths(context, added);
  const mounts = { ...plan.mounts, add: held.mounts };
  return await editLive(context, record, { plan: { ...plan, mounts }, change });
}

/** None, when there was no image, or it has been removed. */
function exposedByImage({ images }: ContainerContext, { image }: ContainerRecord): readonly string[] {
  if (image.id === '') return [];
  try {
    return Object.keys(images.inspect(image.id).config.config?.ExposedPorts ?? {});
  } catch (error) {
    if (errorKind(error) === 'notFound') return [];
    throw error;
  }
}

function refuseEnded({ state }: ContainerRecord): void {
  if (state.status !== 'removing' && state.status !== 'dead') return;
  throw new EngineError('conflict', 'container is marked for removal and cannot be "update"');
}

/** Gives new volumes their names, and makes sure of what new mounts show. */
async function nameMounts(plan: UpdatePlan): Promise<UpdatePlan> {
  const named = withMounts(plan, nameVolumes(plan.mounts.mounts));
  await refuseMissingSources(named.mounts.add);
  return named;
}

/** The same plan, with what is known of its mounts by now. */
function withMounts(plan: UpdatePlan, mounts: readonly ContainerMount[]): UpdatePlan {
  const isNew = new Set(plan.mounts.add.map(({ destination }) => destination));
  const add = mounts.filter(({ destination }) => isNew.has(destination));
  return { ...plan, record: { ...plan.record, mounts }, mounts: { ...plan.mounts, mounts, add } };
}
