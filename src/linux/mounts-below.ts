import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { unmount } from './mount.ts';
import { parseMountInfo } from './mountinfo.ts';

/** Where something is mounted below a directory, in this process's mount namespace; the newest mount is the first. */
export function mountPointsBelow(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const above = `${realpathSync(directory)}/`;
  return parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))
    .map(({ mountPoint }) => mountPoint)
    .filter((mountPoint) => mountPoint.startsWith(above))
    .reverse();
}

/** Lazily: what a container still has of it goes with the container. @throws SystemCallError */
export function unmountBelow(directory: string): void {
  for (const mountPoint of mountPointsBelow(directory)) unmount(mountPoint, { lazy: true });
}
