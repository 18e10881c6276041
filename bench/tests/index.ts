import { buildTest } from './builds.ts';
import { commandTests } from './commands.ts';
import { crowdTest, listTest, startsTest } from './crowd.ts';
import { commitTest, imageTests, pushTest } from './images.ts';
import { namesTest } from './names.ts';
import { membershipTest, networkingTest } from './networks.ts';
import { registryPullTest } from './registries.ts';
import { runtimeTests } from './runtimes.ts';
import { logTest, pipeTest } from './streams.ts';
import { trafficTest } from './traffic.ts';
import type { EngineTest, RegistryTest } from './types.ts';

export { runtimeTests };
export const registryTests: readonly RegistryTest[] = [registryPullTest];
export const engineTests: readonly EngineTest[] = [
  ...commandTests,
  crowdTest,
  startsTest,
  listTest,
  logTest,
  pipeTest,
  ...imageTests,
  pushTest,
  commitTest,
  buildTest,
  membershipTest,
  networkingTest,
  trafficTest,
  namesTest,
];
