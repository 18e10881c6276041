/**
 * engine/containers: the stored containers, their state machine and everything that can be done with one:
 * create, start, stop, exec, attach, logs, archive, stats, removal.
 *
 * Life cycle: the daemon constructs it last of the engine rooms and calls reconcile() before it serves. Each
 * container has one record (SQLite), one lock (taken here and nowhere else) and, while it runs, one task.
 * Every change of state goes through next(); every fact is published on the bus after it is stored.
 *
 * It does not talk to the kernel but through linux, task and runtime, and it knows nothing of HTTP.
 */

export { type ContainerEngine, createContainers, type ImageUse } from './containers.ts';
export type { ContainerRooms, ContainerSettings } from './context.ts';
export { isLogDriver, logDriverNames, validateLogConfig } from './logs/log-config.ts';
export { networkWishes } from './membership/wishes.ts';
export { type AccountFiles, resolveUser } from './spec/user.ts';
export type { FinishedStep, StepMount, StepRequest } from './step/types.ts';
export type * from './types.ts';
