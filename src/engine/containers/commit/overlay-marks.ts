import type { BigIntStats } from 'node:fs';
import { unlessErrno } from '#base';
import { getXattr } from '#linux';

/** overlayfs notes a deletion as a character device 0:0. */
export function isWhiteout(stats: BigIntStats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0n;
}

/** Whether a directory of an upper layer hides what lower layers have at its place. */
export function isOpaque(directory: string): boolean {
  const value = unlessErrno(['ENOENT'], () => getXattr(directory, 'trusted.overlay.opaque'));
  return value !== undefined && Buffer.from(value).toString() === 'y';
}

/** What every container is given, most of it to be mounted on; a user has not changed it. */
export const givenPaths: ReadonlySet<string> = new Set([
  '/.dockerenv',
  '/dev',
  '/etc/hostname',
  '/etc/hosts',
  '/etc/resolv.conf',
  '/proc',
  '/sys',
]);
