import { messages } from '#api';
import { EngineError, errorKind, errorMessage } from '#base';
import { thawCgroup } from '#linux';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import { parseSignal } from '../signal.ts';
import { isLive } from '../state.ts';
import type { ContainerRecord, StopOptions } from '../types.ts';
import { cgroupOf } from './cgroup-path.ts';

const sigkill = 9;
const defaultTimeoutSeconds = 10;
/** After SIGKILL the kernel needs a moment; a process in an uninterruptible wait may need for ever. */
const killPatienceMs = 10_000;

/** Asks a container's process to end, then makes it; returns when its exit is recorded. The lock is not held. */
export async function stopContainer(
  context: ContainerContext,
  record: ContainerRecord,
  options: StopOptions,
): Promise<void> {
  if (!isLive(record.state))
    throw new EngineError('notModified', `container ${record.id} is already stopped`);
  const signal = parseSignal(options.signal || record.config.StopSignal || 'SIGTERM');
  const seconds = options.timeoutSeconds ?? record.config.StopTimeout ?? defaultTimeoutSeconds;
  const done = new AbortController();
  const ended = untilEnded(context, record, done.signal);
  try {
    await sendSignal(context, record, signal);
    if (!(await within(context, ended, seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1000))) {
      await killForGood(context, record, ended);
    }
  } finally {
    done.abort();
  }
  publish(context, context.records.get(record.id) ?? record, 'stop');
}

/**
 * Sends a signal to the first process of the container that `ref` names.
 * @throws EngineError notFound; conflict when it does not run
 */
export async function killContainer(context: ContainerContext, ref: string, signal: number): Promise<void> {
  const record = findRunning(context, ref);
  if (signal !== sigkill) return await sendSignal(context, record, signal);
  const done = new AbortController();
  const ended = untilEnded(context, record, done.signal);
  try {
    await killForGood(context, record, ended);
  } finally {
    done.abort();
  }
}

function findRunning({ records }: ContainerContext, ref: string): ContainerRecord {
  try {
    const record = records.find(ref);
    if (isLive(record.state)) return record;
    throw new EngineError('conflict', messages.notRunning(record.id));
  } catch (cause) {
    throw new EngineError(errorKind(cause), `cannot kill container: ${ref}: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

async function killForGood(
  context: ContainerContext,
  record: ContainerRecord,
  ended: Promise<unknown>,
): Promise<void> {
  await sendSignal(context, record, sigkill);
  if (await within(context, ended, killPatienceMs)) return;
  throw new EngineError('internal', `container ${record.id} did not end when it was killed`);
}

async function sendSignal(context: ContainerContext, record: ContainerRecord, signal: number): Promise<void> {
  publish(context, record, 'kill', { signal: String(signal) });
  try {
    await context.live.get(record.id)?.task.kill(signal);
  } catch (error) {
    // It may have ended by itself just now.
    context.log.debug('a signal was not sent', { id: record.id, signal, error: errorMessage(error) });
  }
  // A frozen process takes no signal, not even the last one.
  const isPaused = context.records.get(record.id)?.state.status === 'paused';
  if (isPaused && signal === sigkill) await thawCgroup(cgroupOf(context, record));
}

function untilEnded(
  context: ContainerContext,
  { id }: ContainerRecord,
  signal: AbortSignal,
): Promise<unknown> {
  const either = AbortSignal.any([signal, context.closing]);
  return context.watch.until(id, (change) => change === 'removed' || !isLive(change), either);
}

/** Whether it ends within the time. @throws EngineError unavailable when the daemon lets go first */
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
