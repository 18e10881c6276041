import { errorMessage } from '#base';
import { thawCgroup } from '#linux';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import { parseSignal, sigkill } from '../signal.ts';
import { transition } from '../transition.ts';
import type { ContainerRecord } from '../types.ts';
import { cgroupOf } from './cgroup-path.ts';

/**
 * Sends a signal to the first process of a live container; its lock is held. A paused container goes on when the
 * signal asks it to end: frozen, it could not take it.
 */
export async function signalContainer(
  context: ContainerContext,
  record: ContainerRecord,
  signal: number,
): Promise<void> {
  publish(context, record, 'kill', { signal: String(signal) });
  await send(context, record, signal);
  if (record.state.status !== 'paused' || !asksToEnd(record, signal)) return;
  await thawCgroup(cgroupOf(context, record));
  if (signal !== sigkill) publish(context, transition(context, record.id, { type: 'resumed' }), 'unpause');
}

/** Whether a signal means that the container shall end: where no stop signal is named, as with Docker, any does. */
export function asksToEnd({ config }: ContainerRecord, signal: number): boolean {
  return signal === sigkill || !config.StopSignal || parseSignal(config.StopSignal) === signal;
}

async function send(context: ContainerContext, { id }: ContainerRecord, signal: number): Promise<void> {
  try {
    await context.live.get(id)?.task.kill(signal);
  } catch (error) {
    // It may have ended by itself just now.
    context.log.debug('a signal was not sent', { id, signal, error: errorMessage(error) });
  }
}
