import { EngineError } from '#base';
import type { SeccompAction } from '#oci';

/** SECCOMP_RET_* (linux/seccomp.h). */
export const seccompReturn = {
  killProcess: 0x8000_0000,
  killThread: 0x0000_0000,
  trap: 0x0003_0000,
  errno: 0x0005_0000,
  trace: 0x7ff0_0000,
  log: 0x7ffc_0000,
  allow: 0x7fff_0000,
} as const;

const EPERM = 1;
export const ENOSYS = 38;

const returns: Readonly<Record<Exclude<SeccompAction, 'SCMP_ACT_NOTIFY'>, number>> = {
  SCMP_ACT_KILL: seccompReturn.killThread,
  SCMP_ACT_KILL_THREAD: seccompReturn.killThread,
  SCMP_ACT_KILL_PROCESS: seccompReturn.killProcess,
  SCMP_ACT_TRAP: seccompReturn.trap,
  SCMP_ACT_ERRNO: seccompReturn.errno,
  SCMP_ACT_TRACE: seccompReturn.trace,
  SCMP_ACT_ALLOW: seccompReturn.allow,
  SCMP_ACT_LOG: seccompReturn.log,
};

/** What a filter returns for an action. @throws EngineError notImplemented, for user notification */
export function returnValue(action: SeccompAction, errno: number | undefined): number {
  if (action === 'SCMP_ACT_NOTIFY') {
    throw new EngineError('notImplemented', 'seccomp: SCMP_ACT_NOTIFY is not supported');
  }
  const value = returns[action];
  const takesNumber = action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE';
  return takesNumber ? value | ((errno ?? EPERM) & 0xffff) : value;
}
