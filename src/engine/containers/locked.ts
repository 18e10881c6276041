import type { ContainerContext } from './context.ts';
import type { ContainerRecord } from './types.ts';

/**
 * Runs a verb that changes a container, alone; what it finds is what is stored when its turn comes. The one
 * place where users' calls take a container's lock.
 */
export async function locked<T>(
  context: ContainerContext,
  ref: string,
  verb: (record: ContainerRecord) => T | Promise<T>,
): Promise<T> {
  const { id } = context.records.find(ref);
  return await context.lock.run(id, async () => await verb(context.records.find(id)));
}
