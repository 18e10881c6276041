import type { ContainerContext } from '../context.ts';
import { portGroup } from '../record/port-group.ts';
import type { ContainerRecord } from '../types.ts';

/** Gives a container its share of its group's connections when it is healthy, and none when it is not. */
export function followHealth({ live }: ContainerContext, { id, config, health }: ContainerRecord): void {
  if (portGroup(config) === undefined) return;
  if (health?.status === 'healthy') live.get(id)?.sandbox?.admit();
  if (health?.status === 'unhealthy') live.get(id)?.sandbox?.withdraw();
}
