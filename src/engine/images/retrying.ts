import type { LayerStatus } from './types.ts';

/** What is told of a layer while its next try is waited for, in Docker's words. */
export function retryingIn(waitMs: number): LayerStatus {
  const seconds = Math.ceil(waitMs / 1000);
  return `Retrying in ${seconds} second${seconds === 1 ? '' : 's'}`;
}
