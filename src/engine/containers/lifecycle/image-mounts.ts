import { createHash } from 'node:crypto';
import type { ContainerContext } from '../context.ts';
import type { ContainerMount, ContainerRecord } from '../types.ts';

/** The snapshot that an image is mounted from; it keeps the image's layers, whatever becomes of the image. */
export function imageMountKey(containerId: string, { destination }: ContainerMount): string {
  const place = createHash('sha256').update(destination).digest('hex').slice(0, 16);
  return `${containerId}-${place}`;
}

/** The snapshots that a container has besides that of its own root. */
export function imageMountKeys({ id, mounts }: ContainerRecord): string[] {
  return mounts.filter(({ type }) => type === 'image').map((mount) => imageMountKey(id, mount));
}

/** Makes what a container's image mounts are mounted from. */
export async function prepareImageMounts(
  { snapshots }: ContainerContext,
  { id, mounts }: ContainerRecord,
): Promise<void> {
  for (const mount of mounts) {
    if (mount.image !== undefined) await snapshots.prepare(imageMountKey(id, mount), mount.image.layers);
  }
}

/** Forgets it. Idempotent. */
export async function removeImageMounts(
  { snapshots }: Pick<ContainerContext, 'snapshots'>,
  record: ContainerRecord,
): Promise<void> {
  for (const key of imageMountKeys(record)) await snapshots.remove(key);
}
