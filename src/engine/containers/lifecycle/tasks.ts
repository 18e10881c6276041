import type { ExitStatus, Task } from '#task';

const sigkill = 9;

/** Whether what connect() found is alive. */
export function isTask(found: Task | ExitStatus | undefined): found is Task {
  return found !== undefined && 'pid' in found;
}

/** Makes a task end, and waits until it has. */
export async function endTask(task: Task): Promise<void> {
  await task.kill(sigkill);
  await task.exited;
  task.close();
}
