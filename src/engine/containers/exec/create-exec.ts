import { messages } from '#api';
import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import type { ContainerRecord, ExecConfig } from '../types.ts';

/** Notes a process to be run in a container later. @returns its id */
export function createExec(context: ContainerContext, record: ContainerRecord, config: ExecConfig): string {
  refuseUnable(record);
  if (config.argv.length === 0) throw new EngineError('invalid', 'No exec command specified');
  const exec = context.execs.add(record.id, config);
  publish(context, record, `exec_create: ${config.argv.join(' ')}`, { execID: exec.id });
  return exec.id;
}

/** @throws EngineError conflict, when the container can't run a further process now */
export function refuseUnable({ id, state }: ContainerRecord): void {
  if (state.status === 'paused') throw new EngineError('conflict', messages.pausedExec(id));
  if (state.status !== 'running') throw new EngineError('conflict', messages.notRunning(id));
}
