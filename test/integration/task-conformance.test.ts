import { tasksConformance } from '../../src/task/testing/conformance.ts';
import { Box } from './core-box.ts';

tasksConformance('shim', () => {
  const box = new Box();
  const argv = ['/bin/sh', '-c', 'echo ready; while :; do busybox sleep 100; done'];
  return {
    tasks: box.tasks,
    startWaiting: (id) => box.start({ id, argv }),
    startWithClient: (id) => box.start({ id, argv, attach: [{ stdin: false, stdout: true, stderr: true }] }),
    [Symbol.asyncDispose]: () => box[Symbol.asyncDispose](),
  };
});
