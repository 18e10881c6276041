import { errorMessage } from '#base';
import type { Sandbox, SandboxRecord } from '#engine/networks';
import { type ExitStatus, endTask, isTask, lostExit, type Task } from '#task';
import { endLostPause } from '../commit/pause.ts';
import type { ContainerContext } from '../context.ts';
import { adoptExecs } from '../exec/adopt-execs.ts';
import type { LiveContainer } from '../live.ts';
import { startAtBoot } from '../restart/at-boot.ts';
import { isLive } from '../state.ts';
import { transition } from '../transition.ts';
import type { ContainerId, ContainerRecord } from '../types.ts';
import { undoDrain } from './drain.ts';
import { recordExit } from './exit.ts';
import { nameWishes } from './networking.ts';
import { onLive } from './on-live.ts';
import { settlePause } from './pause.ts';
import { removeContainer, undoCreate } from './remove.ts';
import { restartRunning } from './restart.ts';
import { removeStrays } from './strays.ts';

/**
 * Makes the records agree with what is there, before the daemon serves: live containers are taken over with
 * their networks, exits in the gap are recorded, half-made work is finished or undone, and what belongs to
 * nobody is removed. Restarts go on while the daemon serves.
 */
export async function reconcile(context: ContainerContext): Promise<void> {
  const records = context.records.all();
  const tasks = new Map(
    await Promise.all(records.map(async ({ id }) => [id, await context.tasks.connect(id)] as const)),
  );
  // A daemon that fails here is to end, and not to hang on to its shims.
  using undo = new DisposableStack();
  for (const found of tasks.values()) if (isTask(found)) undo.defer(() => found.close());
  const adopted = records.filter((record) => isLive(record.state) && isTask(tasks.get(record.id)));
  const sandboxes = await context.networks.restore(
    adopted.flatMap((record) => sandboxRecord(context, record)),
  );
  undo.move();
  for (const record of records) {
    try {
      await settle(context, record, tasks.get(record.id), sandboxes.get(record.id));
    } catch (error) {
      context.log.error('a container was left as it was', { id: record.id, error: errorMessage(error) });
    }
  }
  await context.volumes.unmountOthers(new Set(liveIds(context)));
  await removeStrays(context);
  finishLogs(context);
  context.restarts.track(startAtBoot(context));
  for (const { id, state, restartRequested } of context.records.all()) {
    if (restartRequested && isLive(state)) context.restarts.track(finishRestart(context, id));
  }
}

function liveIds({ records }: ContainerContext): ContainerId[] {
  return records
    .all()
    .filter(({ state }) => isLive(state))
    .map(({ id }) => id);
}

/** What the last daemon has not packed or sent of the logs of containers that do not live. */
function finishLogs(context: ContainerContext): void {
  for (const record of context.records.all()) {
    if (isLive(record.state)) continue;
    context.logPacking.begin(context, record);
    context.logShipping.begin(context, record);
  }
}

/** A restart that the last daemon was asked for, and did not come to the end of. */
async function finishRestart(context: ContainerContext, id: ContainerId): Promise<void> {
  try {
    await restartRunning(context, id);
  } catch (error) {
    context.log.error('a container was not restarted', { id, error: errorMessage(error) });
  }
}

type Found = Task | ExitStatus | undefined;

/** A rename may not have come to it, and one of an earlier version says nothing for the resolver. */
function sandboxRecord(context: ContainerContext, record: ContainerRecord): SandboxRecord[] {
  const { sandbox, name } = record;
  if (sandbox === undefined) return [];
  return [{ ...sandbox, containerName: name, names: sandbox.names ?? nameWishes(context, record) }];
}

async function settle(
  context: ContainerContext,
  record: ContainerRecord,
  found: Found,
  sandbox: Sandbox | undefined,
): Promise<void> {
  const { id, state } = record;
  if (isLive(state)) {
    if (isTask(found)) await adopt(context, record, { task: found, sandbox });
    else await recordExit(context, id, found ?? lostExit(state.run.startedNs));
    return;
  }
  // A process that no record knows to run was being started when the daemon ended.
  if (isTask(found)) await endTask(found);
  if (state.status === 'starting') await settleStart(context, record, found);
  if (state.status === 'creating') await undoCreate(context, record);
  const isOver = state.status === 'exited' && record.hostConfig.AutoRemove && !record.restartRequested;
  const volumes = isOver || record.removesVolumes === true;
  if (state.status === 'removing' || isOver) await removeContainer(context, record, { volumes });
}

async function adopt(context: ContainerContext, record: ContainerRecord, live: LiveContainer): Promise<void> {
  onLive(context, record, live);
  await settlePause(context, record);
  await endLostPause(context, record);
  await undoDrain(record, live);
  await adoptExecs(context, record, live.task);
}

/** A start that the daemon did not live to record is undone, unless its run is over already. */
async function settleStart(context: ContainerContext, { id, state }: ContainerRecord, found: Found) {
  const isOver = found !== undefined && !isTask(found) && found.timeNs > state.run.finishedNs;
  if (isOver) await recordExit(context, id, found);
  else transition(context, id, { type: 'startUndone' });
}
