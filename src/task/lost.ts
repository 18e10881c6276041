import { constants } from 'node:os';
import type { ExitStatus } from './types.ts';

/** What a daemon reports of a process that a shim took along. */
export const shimLost = "the container's shim was killed, and its processes with it";

/** How a process has ended whose shim left no word, as far as anyone knows: the kernel killed it with the shim. */
export function lostExit(timeNs: bigint): ExitStatus {
  const { SIGKILL } = constants.signals;
  return { code: 128 + SIGKILL, signal: SIGKILL, timeNs, error: shimLost };
}
