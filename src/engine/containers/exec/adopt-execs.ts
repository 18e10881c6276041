import type { Task } from '#task';
import type { ContainerContext } from '../context.ts';
import type { ContainerRecord } from '../types.ts';
import { readExecFile } from './exec-file.ts';
import { hangUp } from './hang-up.ts';
import { watchEnd } from './start-exec.ts';

/**
 * Knows the execs again that an earlier daemon ran in a live container, and how those ended that it did not see to the
 * end. Nobody can be attached to them any more: those that shall end with their client do.
 */
export async function adoptExecs(
  context: ContainerContext,
  record: ContainerRecord,
  task: Task,
): Promise<void> {
  for (const known of await task.execs()) {
    const config = readExecFile(context.settings, { id: known.id, containerId: record.id });
    if (config === undefined) continue;
    const exec = context.execs.add(record.id, config, known.id);
    context.execs.run(exec, known);
    if (known.status !== undefined) context.execs.end(exec, known.status.code);
    else watchEnd(context, record, exec, known);
    if (config.killOnDisconnect === true) void hangUp(context, exec);
  }
}
