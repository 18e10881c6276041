import { messages } from '#api';
import { EngineError } from '#base';
import { parseDetachKeys } from '../attach/detach-keys.ts';
import type { ContainerContext } from '../context.ts';
import { execCommand, publish } from '../publish.ts';
import { variableName } from '../record/merge-config.ts';
import type { ContainerRecord, ExecConfig } from '../types.ts';
import { execUser } from './exec-process.ts';

/**
 * Notes a process to be run later in the container that `ref` names.
 * @returns its id
 * @throws EngineError conflict, when the container can't run it now; invalid, when it never could
 */
export function createExec(context: ContainerContext, ref: string, config: ExecConfig): string {
  const record = context.records.find(ref);
  refuseUnable(record, ref);
  if (config.argv.length === 0) throw new EngineError('invalid', 'No exec command specified');
  parseDetachKeys(config.detachKeys ?? '', 'escape');
  if (config.env.some((entry) => variableName(entry) === '')) {
    throw new EngineError('invalid', 'invalid environment variable: name cannot be empty');
  }
  execUser(record, config);
  const exec = context.execs.add(record.id, {
    ...config,
    killOnDisconnect: config.killOnDisconnect ?? context.settings.execKillOnDisconnect,
  });
  publish(context, record, `exec_create: ${execCommand(config.argv)}`, { execID: exec.id });
  return exec.id;
}

/** @throws EngineError conflict, which names the container as `ref`, when it can't run a further process now */
export function refuseUnable({ id, state }: ContainerRecord, ref: string): void {
  if (state.status === 'paused') throw new EngineError('conflict', messages.pausedExec(ref));
  if (state.status === 'restarting') throw new EngineError('conflict', messages.restarting(id));
  if (state.status !== 'running') throw new EngineError('conflict', messages.notRunning(id));
}
