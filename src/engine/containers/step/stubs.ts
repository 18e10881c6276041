import { lstatSync, readdirSync, readlinkSync, rmdirSync, type Stats, unlinkSync, utimesSync } from 'node:fs';
import { posix } from 'node:path';
import { unlessErrno } from '#base';
import type { Snapshots } from '#store/snapshots';
import { followLinks } from '#tree';
import { givenPaths } from '../commit/overlay-marks.ts';

const absent = ['ENOENT', 'ENOTDIR'];

/**
 * Takes away what was only made for mounts to be put on, so that it does not get into the layer: empty files and
 * directories at their places, and above them, that the root below has not. No process uses the root any more.
 */
export async function removeStubs(
  snapshots: Pick<Snapshots, 'upperDir' | 'view'>,
  key: string,
  mounts: readonly { readonly destination: string }[],
): Promise<void> {
  const upper = snapshots.upperDir(key);
  const given = [...givenPaths].filter((path) => ownStats(upper, path) !== undefined);
  const places = [...given, ...mounts.map(({ destination }) => destination)];
  if (places.length === 0) return;
  await using below = await snapshots.view(key, 'layers');
  for (const destination of places.toReversed()) {
    const readLink = (at: string) => unlessErrno([...absent, 'EINVAL'], () => readlinkSync(below.path + at));
    const path = followLinks(destination, readLink, true);
    for (let at = path; at !== '/'; at = posix.dirname(at)) if (!removeStub(upper, below.path, at)) break;
  }
}

/** What is at a path, unless a link is on the way: the command may have put there one that leads out. */
function ownStats(upper: string, path: string): Stats | undefined {
  const directory = posix.dirname(path);
  if (directory !== '/' && !ownStats(upper, directory)?.isDirectory()) return undefined;
  return unlessErrno(absent, () => lstatSync(upper + path));
}

/** @returns whether there was one */
function removeStub(upper: string, below: string, path: string): boolean {
  const stats = ownStats(upper, path);
  const isBelow = unlessErrno(absent, () => lstatSync(below + path)) !== undefined;
  if (stats === undefined || isBelow) return false;
  if (stats.isDirectory()) {
    if (readdirSync(upper + path).length > 0) return false;
    rmdirSync(upper + path);
  } else {
    if (!stats.isFile() || stats.size > 0) return false;
    unlinkSync(upper + path);
  }
  keepTime(upper, below, posix.dirname(path));
  return true;
}

/** The directory that held the stub has changed by it alone, as far as its time says. */
function keepTime(upper: string, below: string, directory: string): void {
  const before = unlessErrno(absent, () => lstatSync(below + directory));
  if (before?.isDirectory()) utimesSync(upper + directory, before.atime, before.mtime);
}
