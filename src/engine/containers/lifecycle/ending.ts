import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { locked } from '../locked.ts';
import { sigkill } from '../signal.ts';
import { isLive } from '../state.ts';
import { transition } from '../transition.ts';
import type { ContainerRecord } from '../types.ts';
import { asksToEnd, signalContainer } from './signal-container.ts';

/** What a request to end makes of a container's record. */
export type EndRequest = Partial<Pick<ContainerRecord, 'stopRequested' | 'restartRequested'>>;

/** A user's wish that it ends and stays so. */
export const stopForGood: EndRequest = { stopRequested: true, restartRequested: false };

/** A container that was asked to end. Disposing stops waiting for it. */
export interface Ending extends Disposable {
  readonly record: ContainerRecord;
  /** Whether its end is recorded within the time. @throws EngineError unavailable when the daemon lets go first */
  within(timeMs: number): Promise<boolean>;
}

/** After SIGKILL the kernel needs a moment; a process in an uninterruptible wait may need for ever. */
const killPatienceMs = 10_000;

/**
 * Sends a container a signal; one that waits to be restarted does so no more, and gets none. The lock is held only
 * meanwhile: whoever records the exit takes it. Without `request` it depends on the signal whether it is one to stop.
 * @returns undefined when the container does not run
 */
export async function askToEnd(
  context: ContainerContext,
  ref: string,
  chooseSignal: (record: ContainerRecord) => number,
  request?: EndRequest,
): Promise<Ending | undefined> {
  return await locked(context, ref, async (record) => {
    const isWaiting = record.state.status === 'restarting';
    if (!isWaiting && !isLive(record.state)) return undefined;
    const signal = chooseSignal(record);
    const ending = watchEnd(context, record);
    if (isWaiting) {
      cancelRestart(context, record);
      return ending;
    }
    const change = request ?? (asksToEnd(record, signal) ? stopForGood : undefined);
    if (change !== undefined) context.records.update(record.id, change);
    await signalContainer(context, record, signal);
    return ending;
  });
}

/** Kills what does not end. @throws EngineError internal, when not even that helps */
export async function killForGood(context: ContainerContext, ending: Ending): Promise<void> {
  const { id } = ending.record;
  await context.lock.run(id, async () => {
    const record = context.records.get(id);
    if (record !== undefined && isLive(record.state)) await signalContainer(context, record, sigkill);
  });
  await untilKilled(ending);
}

/** Waits for the end of what was sent SIGKILL. @throws EngineError internal, when it does not come */
export async function untilKilled({ record, within }: Ending): Promise<void> {
  if (await within(killPatienceMs)) return;
  throw new EngineError('internal', `container ${record.id} did not end when it was killed`);
}

function cancelRestart(context: ContainerContext, { id }: ContainerRecord): void {
  context.restarts.forget(id);
  transition(context, id, { type: 'restartCancelled' }, stopForGood);
}

function watchEnd(context: ContainerContext, record: ContainerRecord): Ending {
  const done = new AbortController();
  const either = AbortSignal.any([done.signal, context.closing]);
  const ended = context.watch.until(record.id, (change) => change === 'removed' || !isLive(change), either);
  return {
    record,
    within: (timeMs) => within(context, ended, timeMs),
    [Symbol.dispose]: () => done.abort(),
  };
}

async function within(
  { closing }: ContainerContext,
  ended: Promise<unknown>,
  timeMs: number,
): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<boolean>();
  const timer = Number.isFinite(timeMs) ? setTimeout(() => resolve(false), timeMs) : undefined;
  try {
    const isInTime = await Promise.race([ended.then(() => true), late]);
    closing.throwIfAborted();
    return isInTime;
  } finally {
    clearTimeout(timer);
  }
}
