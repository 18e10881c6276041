import type { LinuxSeccomp, ProcessSpec } from '#oci';
import type { OpIn } from '../plan/plan.ts';
import { compileRights } from './rights.ts';
import { compileRlimits } from './rlimits.ts';

type InitOp = OpIn<'init'>;

/** What a process is given besides what its own spec says. */
export interface ProcessSurroundings {
  readonly seccomp?: LinuxSeccomp;
  /** Of the session keyring; empty: it keeps the shim's. */
  readonly sessionName: string;
  /** How many descriptors from 3 on it inherits. */
  readonly inheritedFds: number;
  /** The process stays behind as the program's parent. */
  readonly init: boolean;
}

const defaultUmask = 0o022;

/** The last operations of every plan: from the root of the container to the user's program. */
export function compileProcess(process: ProcessSpec, surroundings: ProcessSurroundings): readonly InitOp[] {
  const { user, oomScoreAdj, apparmorProfile, selinuxLabel } = process;
  const { sessionName } = surroundings;
  const label = apparmorProfile ? `exec ${apparmorProfile}` : selinuxLabel;
  const labelPath = apparmorProfile ? 'self/attr/apparmor/exec' : 'self/attr/exec';
  return [
    ...compileRlimits(process.rlimits ?? []),
    ...(oomScoreAdj ? [writeProc('self/oom_score_adj', String(oomScoreAdj))] : []),
    ...(sessionName === '' ? [] : [{ op: 'keyring', name: sessionName } as const]),
    ...(label ? [writeProc(labelPath, label)] : []),
    { op: 'umask', mode: user?.umask ?? defaultUmask },
    ...(user?.uid ? [{ op: 'stdioOwner', uid: user.uid } as const] : []),
    ...compileRights(process, surroundings.seccomp),
    { op: 'chdir', target: process.cwd },
    { op: 'closeFds', from: 3 + surroundings.inheritedFds },
    ...(surroundings.init ? [{ op: 'supervise' } as const] : []),
    { op: 'exec', argv: process.args, env: process.env ?? [] },
  ];
}

function writeProc(path: string, value: string): InitOp {
  return { op: 'writeProc', path, value };
}
