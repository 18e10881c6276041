import type { CgroupSetup } from '#linux';
import type { LinuxSeccomp, ProcessSpec } from '#oci';
import { type LaunchPlan, PLAN_REVISION } from '../plan/plan.ts';
import { attachToCgroup, enterCgroup } from './cgroup.ts';
import { compileProcess } from './process.ts';

/** The running container that a further process joins. */
export interface ExecTarget {
  readonly cgroup?: CgroupSetup;
  /** The container's filter; a privileged exec has none. */
  readonly seccomp?: LinuxSeccomp;
  readonly inheritedFds?: number;
  /** Of the shim that is to run the plan; absent: the newest. */
  readonly planRevision?: number;
}

/**
 * The plan of a further process in a container. The core has joined the namespaces of the container's init
 * before it runs the list; the root is the container's own.
 * @throws EngineError invalid, for a process that cannot be run
 */
export function compileExec(process: ProcessSpec, target: ExecTarget): LaunchPlan {
  const { cgroup, seccomp, inheritedFds = 0, planRevision = PLAN_REVISION } = target;
  const movesItself = planRevision >= 2;
  const { height = 0, width = 0 } = process.consoleSize ?? {};
  return {
    cloneFlags: 0n,
    before: movesItself || cgroup?.version === 2 ? enterCgroup(cgroup) : [],
    after: movesItself ? [] : attachToCgroup(cgroup),
    init: [
      { op: 'wait' },
      { op: 'root', path: '/' },
      ...(process.terminal ? [{ op: 'terminal', rows: height, columns: width, console: 0 } as const] : []),
      ...compileProcess(process, {
        sessionName: '',
        ...(seccomp && { seccomp }),
        inheritedFds,
        init: false,
      }),
    ],
  };
}
