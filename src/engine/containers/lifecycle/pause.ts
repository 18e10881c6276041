import { messages } from '#api';
import { EngineError } from '#base';
import { freezeCgroup, isCgroupFrozen, thawCgroup } from '#linux';
import type { ContainerContext } from '../context.ts';
import { startMonitor, stopMonitor } from '../health/monitor.ts';
import { publish } from '../publish.ts';
import { transition } from '../transition.ts';
import type { ContainerRecord } from '../types.ts';
import { cgroupOf } from './cgroup-path.ts';

/** Stops all processes of a container from running; its lock is held. */
export async function pauseContainer(context: ContainerContext, record: ContainerRecord): Promise<void> {
  const { status } = record.state;
  if (status === 'paused') throw new EngineError('conflict', `Container ${record.id} is already paused`);
  if (status === 'restarting') throw new EngineError('conflict', messages.restarting(record.id));
  if (status !== 'running') throw new EngineError('conflict', messages.notRunning(record.id));
  const cgroup = cgroupOf(context, record);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => thawCgroup(cgroup));
  await freezeCgroup(cgroup);
  const paused = transition(context, record.id, { type: 'paused' });
  undo.move();
  stopMonitor(context, paused);
  publish(context, paused, 'pause');
}

/** Lets them run again; its lock is held. */
export async function unpauseContainer(context: ContainerContext, record: ContainerRecord): Promise<void> {
  if (record.state.status !== 'paused') {
    throw new EngineError('conflict', `Container ${record.id} is not paused`);
  }
  await thawCgroup(cgroupOf(context, record));
  const running = transition(context, record.id, { type: 'resumed' });
  startMonitor(context, running);
  publish(context, running, 'unpause');
}

/** Makes a live container stand still or run as its record says, whatever a killed daemon left half done. */
export async function settlePause(context: ContainerContext, record: ContainerRecord): Promise<void> {
  const cgroup = cgroupOf(context, record);
  const isPaused = record.state.status === 'paused';
  if (isCgroupFrozen(cgroup) === isPaused) return;
  if (isPaused) await freezeCgroup(cgroup);
  else await thawCgroup(cgroup);
}
