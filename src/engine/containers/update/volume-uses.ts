import type { ContainerContext } from '../context.ts';
import type { ContainerRecord } from '../types.ts';

/** Forgets the uses of the volumes that a container has before, but not after. The volumes stay. */
export function releaseVolumes(
  { volumes }: ContainerContext,
  before: ContainerRecord,
  after: ContainerRecord,
): void {
  const used = new Set(after.mounts.map(({ name }) => name));
  for (const { type, name } of before.mounts) {
    if (type === 'volume' && !used.has(name)) volumes.releaseOne(name, before.id);
  }
}
