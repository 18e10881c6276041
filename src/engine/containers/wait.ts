import type { ContainerContext } from './context.ts';
import { isLive } from './state.ts';
import type { StateChange } from './state-watch.ts';
import type { ContainerRecord, ContainerState, WaitCondition, WaitResult } from './types.ts';

/** Resolves when the condition holds; rejects with the signal's reason when that comes first. */
export async function waitFor(
  context: ContainerContext,
  record: ContainerRecord,
  condition: WaitCondition,
  signal: AbortSignal,
): Promise<WaitResult> {
  if (condition === 'not-running' && !isLive(record.state) && record.state.status !== 'starting') {
    return resultOf(record.state);
  }
  let last: ContainerState = record.state;
  const ends = condition === 'removed' ? isRemoval : isEnd;
  const change = await context.watch.until(
    record.id,
    (change) => {
      if (change !== 'removed') last = change;
      return ends(change);
    },
    signal,
  );
  if (change === undefined) throw signal.reason;
  return resultOf(last);
}

function isRemoval(change: StateChange): boolean {
  return change === 'removed';
}

/** An exit, or that there will be none: a start that failed, a removal. */
function isEnd(change: StateChange): boolean {
  return change === 'removed' || change.status === 'exited' || change.status === 'created';
}

function resultOf({ run }: ContainerState): WaitResult {
  return { exitCode: run.exitCode, error: run.error };
}
