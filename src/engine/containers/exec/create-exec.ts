import { messages } from '#api';
import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import { publish } from '../publish.ts';
import type { ContainerRecord, ExecConfig } from '../types.ts';

/** Notes a process to be run later in the container that `ref` names. @returns its id */
export function createExec(context: ContainerContext, ref: string, config: ExecConfig): string {
  const record = context.records.find(ref);
  refuseUnable(record, ref);
  if (config.argv.length === 0) throw new EngineError('invalid', 'No exec command specified');
  const exec = context.execs.add(record.id, config);
  publish(context, record, `exec_create: ${config.argv.join(' ')}`, { execID: exec.id });
  return exec.id;
}

/** @throws EngineError conflict, which names the container as `ref`, when it can't run a further process now */
export function refuseUnable({ id, state }: ContainerRecord, ref: string): void {
  if (state.status === 'paused') throw new EngineError('conflict', messages.pausedExec(ref));
  if (state.status === 'restarting') throw new EngineError('conflict', messages.restarting(id));
  if (state.status !== 'running') throw new EngineError('conflict', messages.notRunning(id));
}
