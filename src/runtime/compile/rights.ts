import { capabilityMask, type LinuxSeccomp, type ProcessSpec } from '#oci';
import type { OpIn, OpOf } from '../plan/plan.ts';
import { compileSeccomp } from '../seccomp/compile.ts';

type InitOp = OpIn<'init'>;

/**
 * Gives up every right that the process is not to have. The filter's place depends on no_new_privs: with it,
 * the filter comes last and need not allow what init does before; without it, only a process that still has
 * CAP_SYS_ADMIN may install one.
 */
export function compileRights(process: ProcessSpec, seccomp: LinuxSeccomp | undefined): readonly InitOp[] {
  const filter = seccomp === undefined ? [] : [seccompOp(seccomp)];
  return process.noNewPrivileges
    ? [...identity(process), { op: 'noNewPrivs' }, ...filter]
    : [...filter, ...identity(process)];
}

function identity(process: ProcessSpec): readonly InitOp[] {
  const { user = { uid: 0, gid: 0 }, capabilities = {} } = process;
  const { bounding = [], effective = [], permitted = [], inheritable = [], ambient = [] } = capabilities;
  return [
    { op: 'capBounding', mask: capabilityMask(bounding) },
    { op: 'setgroups', gids: user.additionalGids ?? [] },
    { op: 'setgid', gid: user.gid },
    { op: 'setuid', uid: user.uid },
    {
      op: 'capSet',
      effective: capabilityMask(effective),
      permitted: capabilityMask(permitted),
      inheritable: capabilityMask(inheritable),
      ambient: capabilityMask(ambient),
    },
  ];
}

function seccompOp(seccomp: LinuxSeccomp): OpOf<'seccomp'> {
  return { op: 'seccomp', ...compileSeccomp(seccomp) };
}
