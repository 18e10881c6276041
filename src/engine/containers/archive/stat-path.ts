import { lstatSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import type { PathStat } from '../types.ts';
import type { ContainerRoot } from './container-root.ts';
import { goFileMode } from './go-file-mode.ts';
import { findPlace, placeError } from './place.ts';

/** What a path of a container is; a link at its end is not followed. @throws EngineError notFound */
export function statPath(root: ContainerRoot, asked: string, container: string): PathStat {
  using place = findPlace(root, asked, container);
  try {
    const stats = lstatSync(place.path, { bigint: true });
    return {
      name: posix.basename(asked) || '/',
      size: Number(stats.size),
      mode: goFileMode(Number(stats.mode)),
      mtimeNs: stats.mtimeNs,
      linkTarget: stats.isSymbolicLink() ? linkTarget(asked, readlinkSync(place.path)) : '',
    };
  } catch (cause) {
    throw placeError(cause, asked, container);
  }
}

/** Where a link leads inside the container, as an absolute path. */
function linkTarget(asked: string, text: string): string {
  return posix.resolve(posix.dirname(posix.resolve('/', asked)), text);
}
