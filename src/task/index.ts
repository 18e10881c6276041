/**
 * task: one running container as the daemon sees it: the daemon's side of the shim protocol.
 *
 * A shim is spawned by `start()` and lives as long as its container, whatever becomes of the daemon; `connect()`
 * finds it again. Requests go over one connection a task, on which the shim also tells what happens; every
 * attached client and every exec has a connection of its own, which carries nothing but its bytes.
 *
 * It decides nothing: what to start is in the plan (#runtime), when and why is the engine's.
 */
export { endTask, isTask } from './end-task.ts';
export { launchFailureOf, startExitCode } from './failure.ts';
export { type HeldSocketsListener, takeHeldSockets } from './held-sockets.ts';
export { lostExit } from './lost.ts';
export { createTasks, type TasksOptions } from './tasks.ts';
export type {
  Attachment,
  AttachOptions,
  ExecSpec,
  ExecTask,
  ExitStatus,
  KnownExec,
  Task,
  TaskLog,
  TaskSpec,
  Tasks,
  TerminalSize,
} from './types.ts';
