import { messages } from '#api';
import { EngineError } from '#base';
import type { ExecTask } from '#task';
import type { ContainerContext } from '../context.ts';
import { parseSignal } from '../signal.ts';
import type { Containers } from '../types.ts';
import { createExec } from './create-exec.ts';
import { type Exec, viewOf } from './exec.ts';
import { startExec } from './start-exec.ts';

/** Further processes in a running container. */
export function execVerbs(
  context: ContainerContext,
): Pick<Containers, 'createExec' | 'startExec' | 'resizeExec' | 'killExec' | 'inspectExec'> {
  const { execs, records } = context;
  return {
    createExec: async (ref, config) => createExec(context, ref, config),
    startExec: async (id, options) => await startExec(context, execs.find(id), options),
    async resizeExec(id, size) {
      const { task, config } = await runningExec(context, id);
      if (config.terminal) await task.resize(size);
    },
    async killExec(id, signal) {
      const number = parseSignal(signal || 'SIGKILL');
      const { task } = await runningExec(context, id);
      await task.kill(number);
    },
    inspectExec(id) {
      const exec = execs.find(id);
      return viewOf(exec, records.get(exec.containerId)?.config.User ?? '');
    },
  };
}

/** @throws EngineError notFound; conflict, when its process does not run */
async function runningExec(
  { execs }: ContainerContext,
  id: string,
): Promise<Exec & { readonly task: ExecTask }> {
  const exec = execs.find(id);
  await exec.starting;
  const { task } = exec;
  if (task === undefined) throw new EngineError('conflict', messages.execNotRunning(id));
  return { ...exec, task };
}
