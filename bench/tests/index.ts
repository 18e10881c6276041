import { commandTests } from './commands.ts';
import { crowdTest } from './crowd.ts';
import { loadTest, pullTest } from './images.ts';
import { runtimeTests } from './runtimes.ts';
import type { EngineTest } from './types.ts';

export { runtimeTests };
export const engineTests: readonly EngineTest[] = [...commandTests, crowdTest, loadTest, pullTest];
