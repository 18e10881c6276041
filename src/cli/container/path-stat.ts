import type { PathStat } from '#api';
import type { ApiClient, ApiResponse } from '#client';
import type { RemotePlace } from './remote-place.ts';

/** Go's bits of os.FileMode that say what a file is. */
const directoryBit = 2 ** 31;
const symlinkBit = 2 ** 27;

/** What is at a path in a container or volume. @throws ApiError when the daemon finds nothing */
export async function statPath(
  client: ApiClient,
  { archive }: Pick<RemotePlace, 'archive'>,
  path: string,
): Promise<PathStat> {
  return readPathStat(await client.send({ method: 'HEAD', path: archive, query: { path } }));
}

export function readPathStat(response: ApiResponse): PathStat {
  const header = response.headers.get('x-docker-container-path-stat');
  if (header === undefined) throw new Error('unable to decode container path stat header');
  return JSON.parse(Buffer.from(header, 'base64').toString()) as PathStat;
}

export function isDirectory({ mode }: PathStat): boolean {
  return mode >= directoryBit;
}

export function isSymlink({ mode }: PathStat): boolean {
  return Math.trunc(mode / symlinkBit) % 2 === 1;
}
