import { EngineError } from '#base';
import type { ContainerContext } from '../context.ts';
import type { Containers } from '../types.ts';
import { createExec } from './create-exec.ts';
import { viewOf } from './exec.ts';
import { startExec } from './start-exec.ts';

/** Further processes in a running container. */
export function execVerbs(
  context: ContainerContext,
): Pick<Containers, 'createExec' | 'startExec' | 'resizeExec' | 'inspectExec'> {
  const { execs } = context;
  return {
    createExec: async (ref, config) => createExec(context, ref, config),
    startExec: async (id, options) => await startExec(context, execs.find(id), options),
    async resizeExec(id, size) {
      const exec = execs.find(id);
      await exec.starting;
      const { task } = exec;
      if (task === undefined) throw new EngineError('conflict', `exec process is not running: ${id}`);
      await task.resize(size);
    },
    inspectExec: (id) => viewOf(execs.find(id)),
  };
}
