import type { ContainerContext } from '../context.ts';
import { bootOrder } from './boot-order.ts';
import { restartsAtBoot } from './policy.ts';
import { startIf } from './start-again.ts';

/** Starts the containers that are to run since the daemon does. Their restarts are counted anew, as with Docker. */
export async function startAtBoot(context: ContainerContext): Promise<void> {
  for (const round of bootOrder(context.records.all().filter(restartsAtBoot))) {
    if (context.closing.aborted) return;
    await Promise.all(round.map(({ id }) => startIf(context, id, restartsAtBoot)));
  }
}
