import { constants } from 'node:os';
import type { ExitStatus, Task } from './types.ts';

/** Whether what connect() found is alive. */
export function isTask(found: Task | ExitStatus | undefined): found is Task {
  return found !== undefined && 'pid' in found;
}

/** Kills a task's process, and waits until it has ended. @throws EngineError conflict, when it does not run */
export async function endTask(task: Task): Promise<void> {
  await task.kill(constants.signals.SIGKILL);
  await task.exited;
  task.close();
}
