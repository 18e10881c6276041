import { lstatSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import { goFileMode } from './go-file-mode.ts';
import { findPlace, placeError, type RootPlace } from './place.ts';

/** What stat tells about a path; `mode` as Go's os.FileMode. */
export interface PathStat {
  readonly name: string;
  readonly size: number;
  readonly mode: number;
  readonly mtimeNs: bigint;
  /** Where a symbolic link leads, seen from the root; empty for everything else. */
  readonly linkTarget: string;
}

/** What a path is; a link at its end is not followed. @throws EngineError notFound */
export function statPath(root: RootPlace, asked: string, owner: string): PathStat {
  using place = findPlace(root, asked, owner);
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
    throw placeError(cause, asked, owner);
  }
}

/** Where a link leads, seen from the root, as an absolute path. */
function linkTarget(asked: string, text: string): string {
  return posix.resolve(posix.dirname(posix.resolve('/', asked)), text);
}
