import type { CgroupSetup } from '#linux';
import type { LinuxSeccomp, ProcessSpec } from '#oci';
import type { LaunchPlan } from '../plan/plan.ts';
import { enterCgroup } from './cgroup.ts';
import { compileProcess } from './process.ts';

/** The running container that a further process joins. */
export interface ExecTarget {
  readonly cgroup?: CgroupSetup;
  /** The container's filter; a privileged exec has none. */
  readonly seccomp?: LinuxSeccomp;
  readonly inheritedFds?: number;
}

/**
 * The plan of a further process in a container. The core has joined the namespaces of the container's init
 * before it runs the list; the root is the container's own.
 * @throws EngineError invalid, for a process that cannot be run
 */
export function compileExec(process: ProcessSpec, target: ExecTarget): LaunchPlan {
  const { cgroup, seccomp, inheritedFds = 0 } = target;
  const { height = 0, width = 0 } = process.consoleSize ?? {};
  return {
    cloneFlags: 0n,
    before: enterCgroup(cgroup),
    after: [],
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
