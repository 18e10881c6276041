import { errorMessage } from '#base';
import type { Sandbox, SandboxRecord } from '#engine/networks';
import type { ExitStatus, Task } from '#task';
import type { ContainerContext } from '../context.ts';
import { isLive } from '../state.ts';
import { transition } from '../transition.ts';
import type { ContainerRecord } from '../types.ts';
import { recordExit, watchExit } from './exit.ts';
import { removeContainer, undoCreate } from './remove.ts';
import { removeStrays } from './strays.ts';
import { endTask, isTask } from './tasks.ts';

/**
 * Makes the records agree with what is there, before the daemon serves: live containers are taken over with
 * their networks, exits in the gap are recorded, half-made work is finished or undone, and what belongs to
 * nobody is removed.
 */
export async function reconcile(context: ContainerContext): Promise<void> {
  const records = context.records.all();
  const tasks = new Map(
    await Promise.all(records.map(async ({ id }) => [id, await context.tasks.connect(id)] as const)),
  );
  const adopted = records.filter((record) => isLive(record.state) && isTask(tasks.get(record.id)));
  const sandboxes = await context.networks.restore(adopted.flatMap(sandboxRecord));
  for (const record of records) {
    try {
      await settle(context, record, tasks.get(record.id), sandboxes.get(record.id));
    } catch (error) {
      context.log.error('a container was left as it was', { id: record.id, error: errorMessage(error) });
    }
  }
  await removeStrays(context);
}

type Found = Task | ExitStatus | undefined;

function sandboxRecord({ sandbox }: ContainerRecord): SandboxRecord[] {
  return sandbox === undefined ? [] : [sandbox];
}

async function settle(
  context: ContainerContext,
  record: ContainerRecord,
  found: Found,
  sandbox: Sandbox | undefined,
): Promise<void> {
  const { id, state } = record;
  if (isLive(state)) {
    if (!isTask(found)) return await recordExit(context, id, found ?? lostExit(record));
    context.live.set(id, { task: found, sandbox });
    return watchExit(context, id, found);
  }
  // A process that no record knows to run was being started when the daemon ended.
  if (isTask(found)) await endTask(found);
  if (state.status === 'starting') transition(context, id, { type: 'startUndone' });
  if (state.status === 'creating') await undoCreate(context, record);
  const isOver = state.status === 'exited' && record.hostConfig.AutoRemove;
  if (state.status === 'removing' || isOver) await removeContainer(context, record, { volumes: true });
}

/** A container whose shim is gone without a word, as after a power cut, was killed as far as anyone knows. */
function lostExit({ state }: ContainerRecord): ExitStatus {
  const sigkill = 9;
  return { code: 128 + sigkill, signal: sigkill, timeNs: state.run.startedNs };
}
