import { constants } from 'node:fs';
import { posix } from 'node:path';
import { messages } from '#api';
import { EngineError, errnoOf } from '#base';
import { type OpenDescriptor, openConfined, openPathOnly } from '#linux';
import { asksToFollow } from './asks-to-follow.ts';

/** Where a file is, as a path of this process whose last element is not to be followed. */
export interface Place extends Disposable {
  readonly path: string;
}

/** A directory that nothing leads out of, and a path to be looked up from there. */
export interface RootPlace {
  readonly directory: OpenDescriptor;
  /** Absolute. */
  readonly path: string;
}

/**
 * Finds a path below a root without leaving it, whatever links lie on the way.
 * @param asked the path in the words of the one who asks
 * @param owner `container NAME` or `volume NAME`, as it was asked for
 * @param followsLast whether a link at the end is followed too
 * @throws EngineError notFound
 */
export function findPlace(
  root: RootPlace,
  asked: string,
  owner: string,
  followsLast = asksToFollow(asked),
): Place {
  const follows = followsLast || root.path === '/';
  const path = follows ? root.path : posix.dirname(root.path);
  try {
    const directory = openConfined({
      directory: root.directory.fd,
      path,
      flags: openPathOnly | constants.O_DIRECTORY,
    });
    return {
      path: `${directory.path}/${follows ? '.' : posix.basename(root.path)}`,
      [Symbol.dispose]: () => directory[Symbol.dispose](),
    };
  } catch (cause) {
    throw placeError(cause, asked, owner);
  }
}

/** The error of a look-up, in the words that clients know a missing file by. */
export function placeError(cause: unknown, asked: string, owner: string): unknown {
  const code = errnoOf(cause);
  const isMissing = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code ?? '');
  return isMissing ? new EngineError('notFound', messages.noSuchFile(asked, owner), { cause }) : cause;
}

/** Members are named from the path's last element on; the content of a directory (`/dir/.`) from `.` on. */
export function memberName(asked: string): string {
  return asked.endsWith('/.') ? '.' : posix.basename(posix.resolve('/', asked)) || '.';
}
