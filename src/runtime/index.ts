/**
 * runtime: an OCI bundle becomes a launch plan. Pure functions decide everything here: namespaces, mounts,
 * devices, cgroup limits, rights, the system call filter; the C core then executes the plan op by op.
 *
 * The plan's own format is in plan/. The room writes a bundle to disk and has no other effect; it starts and
 * holds nothing.
 */
export type { HostMessage, LaunchNetwork, LaunchOptions, Listen } from './launch.ts';
export { decodePlan, encodePlan, type LaunchPlan } from './plan/plan.ts';
