import { encodeTar, toByteString } from '#oci';
import { findPlace, memberName, statPath, walkTree } from '#tree';
import type { ContainerContext } from '../context.ts';
import type { ContainerRecord, PathStat } from '../types.ts';
import type { AskedPath } from './asked-path.ts';
import { type ContainerRoot, openContainerRoot, readRequest } from './container-root.ts';

export interface ArchiveReading {
  readonly stat: PathStat;
  readonly tar: AsyncIterable<Uint8Array>;
}

/** A path of a container as a tar; the container's root is held open until the tar is read or given up. */
export async function readArchive(
  context: ContainerContext,
  record: ContainerRecord,
  asked: AskedPath,
  signal: AbortSignal,
): Promise<ArchiveReading> {
  await using open = new AsyncDisposableStack();
  const root = open.use(await openContainerRoot(context, record, readRequest(asked.path)));
  const owner = `container ${asked.ref}`;
  const stat = statPath(root, asked.path, owner);
  const place = open.use(findPlace(root, asked.path, owner));
  const name = memberName(asked.path);
  const members = walkTree(place.path, name, { signal, elsewhere: mountedBelow(root, name) });
  return { stat, tar: untilRead(encodeTar(members), open.move()) };
}

async function* untilRead(
  tar: AsyncIterable<Uint8Array>,
  held: AsyncDisposableStack,
): AsyncGenerator<Uint8Array> {
  await using _held = held;
  yield* tar;
}

/** Leads the walk to what would be mounted below the path. */
function mountedBelow({ mountsBelow }: ContainerRoot, name: string): (member: string) => Buffer | undefined {
  const sources = new Map(
    [...mountsBelow].map(([path, source]) => [toByteString(`${name}/${path}`), Buffer.from(source)]),
  );
  return (member) => sources.get(member);
}
