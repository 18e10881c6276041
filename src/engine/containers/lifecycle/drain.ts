import { compilePorts, encodePlan } from '#runtime';
import type { ContainerContext } from '../context.ts';
import { drainLimitMs, portGroup } from '../record/port-group.ts';

/**
 * Lets a container's group take over the ports that it shares, and waits for its connections to end, before it is
 * asked to end itself. Nothing happens to a container without a group.
 */
export async function drainContainer({ records, live }: ContainerContext, ref: string): Promise<void> {
  const { id, config } = records.find(ref);
  const container = live.get(id);
  if (container?.sandbox === undefined || portGroup(config) === undefined) return;
  await container.sandbox.drain(drainLimitMs(config), () =>
    container.task.listen(encodePlan(compilePorts([]))),
  );
}
