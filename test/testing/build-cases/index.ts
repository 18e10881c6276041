/** Dockerfiles that tests build, each with what has to come out. */
export { type BuildCase, buildContext, dockerfileOf } from './case.ts';

import { commands, mounts } from './commands.ts';
import { configurations } from './configurations.ts';
import { copies } from './copies.ts';

export const buildCases = { commands, mounts, copies, configurations };
