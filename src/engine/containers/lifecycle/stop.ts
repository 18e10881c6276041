import { messages } from '#api';
import { EngineError, errorKind, errorMessage } from '#base';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import { parseSignal, sigkill } from '../signal.ts';
import type { ContainerRecord, StopOptions } from '../types.ts';
import { drainContainer } from './drain.ts';
import { askToEnd, type EndRequest, killForGood, stopForGood, untilKilled } from './ending.ts';

/**
 * Asks a container's process to end, then makes it; returns when its end is recorded. The lock is not held.
 * @throws EngineError notModified when it does not run, invalid for an unknown signal
 */
export async function stopContainer(
  context: ContainerContext,
  ref: string,
  options: StopOptions,
  request: EndRequest = stopForGood,
): Promise<void> {
  await drainContainer(context, ref);
  const choose = (record: ContainerRecord) => stopSignal(record, ref, options);
  using ending = await askToEnd(context, ref, choose, request);
  if (ending === undefined) throw new EngineError('notModified', `container ${ref} is already stopped`);
  const { record } = ending;
  const seconds = options.timeoutSeconds ?? record.config.StopTimeout ?? context.settings.stopTimeoutSeconds;
  if (!(await ending.within(seconds < 0 ? Number.POSITIVE_INFINITY : seconds * 1000))) {
    await killForGood(context, ending);
  }
  publish(context, context.records.get(record.id) ?? record, 'stop');
}

/**
 * Sends a signal to the first process of a container; with SIGKILL it returns when the end is recorded. The lock
 * is not held.
 * @throws EngineError notFound, invalid for an unknown signal, conflict when it does not run
 */
export async function killContainer(context: ContainerContext, ref: string, text: string): Promise<void> {
  try {
    const signal = parseSignal(text);
    using ending = await askToEnd(context, ref, () => signal);
    if (ending === undefined) {
      throw new EngineError('conflict', messages.notRunning(context.records.find(ref).id));
    }
    if (signal === sigkill) await untilKilled(ending);
  } catch (cause) {
    throw new EngineError(errorKind(cause), `cannot kill container: ${ref}: ${errorMessage(cause)}`, {
      cause,
    });
  }
}

/** Ends a container's run at once, if there is one. The lock is not held. */
export async function endAtOnce(context: ContainerContext, ref: string): Promise<void> {
  using ending = await askToEnd(context, ref, () => sigkill);
  if (ending !== undefined) await untilKilled(ending);
}

function stopSignal({ config }: ContainerRecord, ref: string, { signal }: StopOptions): number {
  try {
    return parseSignal(signal || config.StopSignal || 'SIGTERM');
  } catch (cause) {
    throw new EngineError('invalid', `cannot stop container: ${ref}: ${errorMessage(cause)}`, { cause });
  }
}
