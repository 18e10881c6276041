import { lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { posix } from 'node:path';
import { EngineError, unlessErrno } from '#base';
import { followLinks } from '#tree';

/**
 * The text of the Dockerfile in a context.
 * @param root of the context, a path of this process
 * @throws EngineError invalid, when there is none
 */
export function readDockerfile(root: string, path: string): string {
  const absent = ['ENOENT', 'ENOTDIR', 'EINVAL'];
  const readLink = (at: string) => unlessErrno(absent, () => readlinkSync(root + at));
  const place = root + followLinks(posix.resolve('/', path), readLink, true);
  const stats = unlessErrno(absent, () => lstatSync(place));
  if (!stats?.isFile()) throw new EngineError('invalid', `Cannot locate specified Dockerfile: ${path}`);
  if (stats.size === 0) throw new EngineError('invalid', `The Dockerfile (${path}) cannot be empty`);
  return readFileSync(place, 'utf8');
}
