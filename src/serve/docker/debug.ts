import { messages } from '#api';
import { EngineError } from '#base';
import { sendJson } from './answers.ts';
import type { DockerApiParts, Handlers } from './types.ts';

/** What the daemon tells about itself when it runs with `debug`; otherwise there are no such pages. */
export function debugHandlers({ system }: DockerApiParts): Handlers<'debugVars' | 'debugProfile'> {
  const refuseUnlessDebugging = () => {
    if (!system.facts().debug) throw new EngineError('notFound', messages.pageNotFound);
  };
  return {
    async debugVars(call) {
      refuseUnlessDebugging();
      sendJson(call, 200, { cmdline: process.argv, memstats: process.memoryUsage() });
    },
    async debugProfile() {
      refuseUnlessDebugging();
      throw new EngineError('notImplemented', 'profiles are those of Go programs, which this daemon is not');
    },
  };
}
