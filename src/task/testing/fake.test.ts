import type { TaskSpec } from '../types.ts';
import { tasksConformance } from './conformance.ts';
import { createFakeTasks } from './fake.ts';

tasksConformance('fake', () => {
  const tasks = createFakeTasks(async (process) => {
    process.write('ready\n');
    await process.killed;
    return new Promise<number>(() => undefined);
  });
  const spec: Omit<TaskSpec, 'id'> = {
    dir: '/nonexistent',
    plan: new Uint8Array(),
    terminal: false,
    openStdin: false,
    stdinOnce: false,
    log: undefined,
  };
  return {
    tasks,
    startWaiting: (id) => tasks.start({ ...spec, id }),
    startWithClient: (id) =>
      tasks.start({ ...spec, id, attach: [{ stdin: false, stdout: true, stderr: true }] }),
    [Symbol.asyncDispose]: async () => undefined,
  };
});
