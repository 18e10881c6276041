import type { ContainerContext } from '../context.ts';
import type { ContainerRecord } from '../types.ts';

/** Gives back the volumes that a container has before, but not after. They stay. */
export async function releaseVolumes(
  { volumes }: ContainerContext,
  before: ContainerRecord,
  after: ContainerRecord,
): Promise<void> {
  const used = new Set(after.mounts.map(({ name }) => name));
  for (const { type, name } of before.mounts) {
    if (type !== 'volume' || used.has(name)) continue;
    await volumes.unmount(name, before.id);
    volumes.releaseOne(name, before.id);
  }
}
