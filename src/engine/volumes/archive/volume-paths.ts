import { statSync } from 'node:fs';
import { posix } from 'node:path';
import { EngineError } from '#base';
import { encodeTar, readTarStream } from '#oci';
import { decompress } from '#store/content';
import {
  findPlace,
  memberName,
  openDirectory,
  type PathStat,
  placeError,
  type RootPlace,
  statPath,
  walkTree,
  writeMembers,
} from '#tree';
import { keepsXattr } from './kept-xattrs.ts';

/** A path in a volume in the words of the one who asks. */
export interface AskedPath {
  readonly volume: string;
  readonly path: string;
}

/** A link that is absolute leads from the top of the volume: where else it is mounted nobody knows here. */
function openRoot(directory: string, { path }: AskedPath): RootPlace & Disposable {
  const root = openDirectory(directory);
  return {
    directory: root,
    path: posix.resolve('/', path),
    [Symbol.dispose]: () => root[Symbol.dispose](),
  };
}

function ownerOf({ volume }: AskedPath): string {
  return `volume ${volume}`;
}

/** @throws EngineError notFound */
export function statVolumePath(directory: string, asked: AskedPath): PathStat {
  using root = openRoot(directory, asked);
  return statPath(root, asked.path, ownerOf(asked));
}

/** A tar of a path. @throws EngineError notFound */
export async function* readVolumePath(
  directory: string,
  asked: AskedPath,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  using root = openRoot(directory, asked);
  using place = findPlace(root, asked.path, ownerOf(asked));
  yield* encodeTar(walkTree(place.path, memberName(asked.path), { signal, keepsXattr }));
}

/** Unpacks a tar, compressed or not, into a directory. @throws EngineError notFound, invalid */
export async function writeVolumePath(
  directory: string,
  asked: AskedPath,
  tar: AsyncIterable<Uint8Array>,
  noOverwriteDirNonDir: boolean,
): Promise<void> {
  using root = openRoot(directory, asked);
  try {
    using target = findPlace(root, asked.path, ownerOf(asked), true);
    if (!statSync(target.path).isDirectory()) {
      throw new EngineError('invalid', 'extraction point is not a directory');
    }
  } catch (cause) {
    throw placeError(cause, asked.path, ownerOf(asked));
  }
  const members = readTarStream(decompress(tar));
  await writeMembers(members, { root: root.directory, path: root.path }, { noOverwriteDirNonDir });
}
