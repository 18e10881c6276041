import type { ContainerContext } from './context.ts';
import { isLive } from './state.ts';
import type { ContainerRecord, ContainerState, WaitCondition, WaitResult } from './types.ts';

/** Resolves when the condition holds; rejects with the signal's reason when that comes first. */
export async function waitFor(
  context: ContainerContext,
  record: ContainerRecord,
  condition: WaitCondition,
  signal: AbortSignal,
): Promise<WaitResult> {
  if (condition === 'not-running' && isIdle(record.state)) return resultOf(record.state);
  let last: ContainerState = record.state;
  const ends = endings[condition];
  const change = await context.watch.until(
    record.id,
    (change) => {
      if (change === 'removed') return true;
      const before = last;
      last = change;
      return ends(change, before);
    },
    signal,
  );
  if (change === undefined) throw signal.reason;
  return change === 'removed' ? { exitCode: last.run.exitCode, error: '' } : resultOf(last);
}

/** Neither running nor about to. */
function isIdle(state: ContainerState): boolean {
  return !isLive(state) && state.status !== 'starting' && state.status !== 'restarting';
}

/**
 * Which states end a wait, given those before; a removal ends every one. The end of a run does, also when another one
 * follows. A start that failed is no exit.
 */
const endings: Readonly<Record<WaitCondition, (state: ContainerState, before: ContainerState) => boolean>> = {
  'not-running': (state) => !isLive(state) && state.status !== 'starting',
  'next-exit': ({ status }, before) =>
    status === 'restarting' || (status === 'exited' && before.status !== 'starting'),
  removed: () => false,
};

function resultOf({ run }: ContainerState): WaitResult {
  return { exitCode: run.exitCode, error: run.error };
}
