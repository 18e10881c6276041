import type { ContainerUpdateRequest } from '#api';
import { EngineError, errorMessage } from '#base';
import { restoringWrites, writeCgroupFiles } from '#linux';
import type { ContainerContext } from '../context.ts';
import { refuseUnshared } from '../lifecycle/bind-propagation.ts';
import { fillFromLive } from '../lifecycle/copy-up.ts';
import { ensureBindSources } from '../lifecycle/volumes.ts';
import { limitLive } from '../membership/live-membership.ts';
import { publishVolumes } from '../publish.ts';
import { pidOf } from '../state.ts';
import type { ContainerRecord } from '../types.ts';
import { deviceNumberOf } from './device-number.ts';
import { limitWrites } from './live-limits.ts';
import { mountLive, remountLive, unmountLive } from './live-mounts.ts';
import { closePorts, openPorts, type PortHolder, portHolderOf, reopenPorts } from './live-ports.ts';
import { changedLimits } from './merge-resources.ts';
import { editable, type UpdatePlan } from './plan-update.ts';

export interface LiveEdit {
  readonly plan: UpdatePlan;
  readonly change: ContainerUpdateRequest;
}

/**
 * Carries out an update on a container that runs. That it has begun is stored first: what a killed daemon leaves half
 * made is settled by finishEdit().
 * @returns the record afterwards
 * @throws EngineError; everything is as before then
 */
export async function editLive(
  context: ContainerContext,
  record: ContainerRecord,
  { plan, change }: LiveEdit,
): Promise<ContainerRecord> {
  const { id } = record;
  using unmounted = new DisposableStack();
  await using undo = new AsyncDisposableStack();
  const orElse: OrElse = (step) => undo.defer(() => undoStep(context, id, step));
  const limits = limitWrites(context, record, changedLimits(plan.record.hostConfig, change, deviceNumberOf));
  const restoring = restoringWrites(limits);
  context.records.update(id, { edit: { unmount: [], limits: restoring } });
  orElse(() => context.records.update(id, { ...editable(record), edit: undefined }));

  writeCgroupFiles(limits);
  orElse(() => writeCgroupFiles(restoring));
  const sandbox = await editPorts(context, record, plan, orElse);
  editRates(context, record, plan, orElse);
  const after = { ...editable(plan.record), ...(sandbox && { sandbox: sandbox.toRecord() }) };
  context.records.update(id, { ...after, edit: { unmount: plan.mounts.remove, limits } });
  await editMounts(context, record, plan, orElse, unmounted);
  undo.move();
  return context.records.update(id, { edit: undefined });
}

/** Notes what is to be done if a later step fails. */
type OrElse = (step: () => unknown) => void;

/** The failure that the user is told is the first one, not one of its undoing. */
async function undoStep({ log }: ContainerContext, id: string, step: () => unknown): Promise<void> {
  try {
    await step();
  } catch (error) {
    log.warn('a step of an edit was not undone', { id, error: errorMessage(error) });
  }
}

async function editPorts(
  context: ContainerContext,
  record: ContainerRecord,
  { ports }: UpdatePlan,
  orElse: OrElse,
): Promise<PortHolder['sandbox'] | undefined> {
  const live = context.live.get(record.id);
  const holder = live && portHolderOf(live);
  if (ports.open.length + ports.close.length === 0) return holder?.sandbox;
  if (holder === undefined) {
    throw new EngineError('invalid', 'the container has no network of its own that could publish ports');
  }
  if (ports.close.length > 0) {
    orElse(() => reopenPorts(holder, ports.close));
    await closePorts(holder, ports.close);
  }
  if (ports.open.length > 0) {
    const opened = await openPorts(holder, ports.open);
    orElse(() => closePorts(holder, opened));
  }
  return holder.sandbox;
}

function editRates(
  { live }: ContainerContext,
  before: ContainerRecord,
  plan: UpdatePlan,
  orElse: OrElse,
): void {
  const container = live.get(before.id);
  const holder = container && portHolderOf(container);
  if (holder === undefined || before.config.Labels === plan.record.config.Labels) return;
  orElse(() => limitLive(before, holder));
  limitLive(plan.record, holder);
}

async function editMounts(
  context: ContainerContext,
  record: ContainerRecord,
  { record: after, mounts }: UpdatePlan,
  orElse: OrElse,
  unmounted: DisposableStack,
): Promise<void> {
  const pid = pidOf(record.state);
  for (const path of mounts.remove) {
    const taken = unmounted.use(unmountLive(pid, path));
    orElse(() => remountLive(pid, taken, path));
  }
  const added = { ...after, mounts: mounts.add };
  await ensureBindSources(mounts.add);
  refuseUnshared(mounts.add);
  for (const mount of mounts.add) {
    await fillFromLive(context, pid, mount);
    mountLive(pid, mount);
    orElse(() => unmountLive(pid, mount.destination)[Symbol.dispose]());
  }
  publishVolumes(context, added, 'mount');
  publishVolumes(context, { ...record, mounts: removedMounts(record, mounts.remove) }, 'unmount');
}

function removedMounts({ mounts }: ContainerRecord, paths: readonly string[]): ContainerRecord['mounts'] {
  return mounts.filter(({ destination }) => paths.includes(destination));
}
