import type { ContainerContext } from '../context.ts';
import { portGroup } from '../record/port-group.ts';
import type { ContainerRecord } from '../types.ts';

/** Gives a container its share of its group's connections while it is healthy, and none while it is not yet or no more. */
export function followHealth({ live }: ContainerContext, { id, config, health }: ContainerRecord): void {
  if (portGroup(config) === undefined || health === undefined) return;
  const sandbox = live.get(id)?.sandbox;
  if (health.status === 'healthy') sandbox?.admit();
  else sandbox?.withdraw();
}
