/**
 * runtime/plan: the launch plan, the ABI between TypeScript, which decides, and the C core, which executes.
 * A plan is a value; encoding it is pure. The format is documented in docs/launch-plan.md.
 */
export { decodePlan } from './decode.ts';
export { encodePlan } from './encode.ts';
export {
  type LaunchPlan,
  NO_PID_OFFSET,
  type Op,
  type OpIn,
  type OpList,
  type OpName,
  type OpOf,
  PLAN_REVISION,
} from './ops.ts';
