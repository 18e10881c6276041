/**
 * runtime: an OCI bundle becomes a launch plan. Pure functions decide everything here: namespaces, mounts,
 * devices, cgroup limits, rights, the system call filter; the C core then executes the plan op by op.
 *
 * compile() is for a new container, compileExec() for a further process in one; plan/ holds the plan's own
 * form, seccomp/ the filter's compiler and the default profile in Docker's format.
 *
 * The room writes and reads a bundle on disk and has no other effect; it starts and holds nothing.
 */
export { readBundle, writeBundle } from './bundle.ts';
export { compile } from './compile/compile.ts';
export { compileExec, type ExecTarget } from './compile/compile-exec.ts';
export { defaultDevices } from './compile/devices.ts';
export { compilePorts } from './compile/listens.ts';
export {
  legacyFlags,
  type MountOptions,
  parseMountOptions,
  propagationType,
} from './compile/mount-options.ts';
export { type PresentLimits, resourceUpdates } from './compile/update.ts';
export type { HeldSocket, HostMessage, LaunchNetwork, LaunchOptions, Listen } from './launch.ts';
export { decodePlan, encodePlan, type LaunchPlan, PLAN_REVISION } from './plan/plan.ts';
export { compileSeccomp, type SeccompProgram } from './seccomp/compile.ts';
export { defaultSeccompProfile } from './seccomp/default-profile.ts';
export {
  parseSeccompProfile,
  resolveSeccomp,
  type SeccompProfile,
  type SeccompTarget,
} from './seccomp/profile.ts';
