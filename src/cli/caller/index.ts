/**
 * caller: the process that a user started, behind one interface: its words, environment, folder, output and signals.
 * `ownProcess()` is this process itself. Commands know their caller only as `session.caller`, so that one process
 * can run commands of many callers without their settings getting mixed up.
 */
export { ownProcess, programOf } from './own-process.ts';
export type { Caller, StandardDescriptor, TerminalSize } from './types.ts';
