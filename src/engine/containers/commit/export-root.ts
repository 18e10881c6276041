import { encodeTar } from '#oci';
import { walkChildren } from '#tree';
import type { ContainerContext } from '../context.ts';
import type { ContainerRecord } from '../types.ts';

/**
 * All files of a container as a tar, without what is mounted over them; the container may run. The files are held
 * open from the first piece until the last one is taken or the iteration is given up.
 */
export async function* exportRoot(
  { snapshots }: ContainerContext,
  { id }: ContainerRecord,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  await using root = await snapshots.view(id, 'all');
  yield* encodeTar(walkChildren(root.path, { signal }));
}
