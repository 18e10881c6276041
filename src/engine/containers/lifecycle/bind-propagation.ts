import { readFileSync, realpathSync } from 'node:fs';
import { EngineError } from '#base';
import { type MountInfo, parseMountInfo } from '#linux';
import type { ContainerMount } from '../types.ts';

/**
 * Refuses binds that are to share mounts with the host where the host shares none: they would see nothing of it.
 * @throws EngineError invalid, in Docker's words
 */
export function refuseUnshared(mounts: readonly ContainerMount[]): void {
  const binds = mounts.filter(({ type, propagation }) => type === 'bind' && /shared|slave/.test(propagation));
  if (binds.length === 0) return;
  const present = parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'));
  for (const { source, propagation } of binds) {
    const above = mountAbove(present, realpathSync(source));
    const isShared = has(above, 'shared:');
    const wantsShared = propagation.endsWith('shared');
    if (isShared || (!wantsShared && has(above, 'master:'))) continue;
    const wanted = wantsShared ? 'a shared mount' : 'a shared or slave mount';
    throw new EngineError(
      'invalid',
      `path ${source} is mounted on ${above?.mountPoint ?? '/'} but it is not ${wanted}`,
    );
  }
}

/** The mount that a path without links is in; of several at one place the last. */
function mountAbove(mounts: readonly MountInfo[], path: string): MountInfo | undefined {
  const isAbove = ({ mountPoint }: MountInfo) =>
    mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
  return mounts
    .filter(isAbove)
    .reduce<MountInfo | undefined>(
      (best, mount) => (mount.mountPoint.length >= (best?.mountPoint.length ?? 0) ? mount : best),
      undefined,
    );
}

function has(mount: MountInfo | undefined, kind: 'shared:' | 'master:'): boolean {
  return mount?.propagation.some((word) => word.startsWith(kind)) ?? false;
}
