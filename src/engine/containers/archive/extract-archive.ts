import { lstatSync } from 'node:fs';
import { EngineError } from '#base';
import { readTarStream } from '#oci';
import { decompress } from '#store/content';
import type { ContainerContext } from '../context.ts';
import type { ContainerRecord, ExtractOptions } from '../types.ts';
import { type ContainerRoot, openContainerRoot } from './container-root.ts';
import { type AskedPath, findPlace, placeError } from './place.ts';
import { writeMembers } from './write-members.ts';

/** Unpacks a tar, compressed or not, into a directory of a container. */
export async function extractArchive(
  context: ContainerContext,
  record: ContainerRecord,
  asked: AskedPath,
  tar: AsyncIterable<Uint8Array>,
  options: ExtractOptions,
): Promise<void> {
  await using root = await openContainerRoot(context, record, asked.path);
  refuseNoDirectory(root, asked);
  if (!root.writable) {
    const what = record.mounts.some(({ destination }) => asked.path.startsWith(destination))
      ? 'mounted volume'
      : 'container rootfs';
    throw new EngineError('forbidden', `${what} is marked read-only`);
  }
  const members = readTarStream(decompress(tar));
  await writeMembers(members, { root: root.directory, path: root.path }, options);
}

function refuseNoDirectory(root: ContainerRoot, { path, ref }: AskedPath): void {
  using place = findPlace(root, path, ref, true);
  try {
    if (lstatSync(place.path).isDirectory()) return;
  } catch (cause) {
    throw placeError(cause, path, ref);
  }
  throw new EngineError('invalid', 'extraction point is not a directory');
}
