/**
 * create-options: the flags of `run` and `create`, and the one pure function that makes of them what the
 * daemon is asked. A flag's own form is checked while it is read (checks, ports, mount, …); what flags
 * mean together is decided in `parseRun`. Reads files and the environment only through `Surroundings`.
 */
import { networkFlags } from './network-flags.ts';
import { processFlags } from './process-flags.ts';
import { resourceFlags } from './resource-flags.ts';
import { securityFlags } from './security-flags.ts';
import { storageFlags } from './storage-flags.ts';

export { namesFiles } from './files.ts';
export { parseRun, type RunRequest, type Surroundings } from './parse-run.ts';
export type { CreateValues } from './types.ts';

export const createFlags = {
  ...processFlags,
  ...networkFlags,
  ...storageFlags,
  ...securityFlags,
  ...resourceFlags,
};
