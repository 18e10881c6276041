import { constants } from 'node:fs';
import { posix } from 'node:path';
import { messages } from '#api';
import { EngineError, errnoOf } from '#base';
import { openConfined, openPathOnly } from '#linux';
import type { ContainerRoot } from './container-root.ts';
import { asksToFollow } from './path.ts';

/** Where a path of a container is, as a path of this process whose last element is not to be followed. */
export interface Place extends Disposable {
  readonly path: string;
}

/** A path of a container in the words of the one who asks. */
export interface AskedPath {
  /** How the container was named. */
  readonly ref: string;
  readonly path: string;
}

/**
 * Finds a path in a container without leaving it, whatever links lie on the way.
 * @param followsLast whether a link at the end is followed too
 * @throws EngineError notFound
 */
export function findPlace(
  root: ContainerRoot,
  asked: string,
  container: string,
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
    throw placeError(cause, asked, container);
  }
}

/** The error of a look-up, in the words that clients know a missing file by. */
export function placeError(cause: unknown, asked: string, container: string): unknown {
  const code = errnoOf(cause);
  const isMissing = ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(code ?? '');
  return isMissing ? new EngineError('notFound', messages.noSuchFile(asked, container), { cause }) : cause;
}
