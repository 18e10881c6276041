import { type BigIntStats, constants, lstatSync, readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import type { FilesystemChange } from '#api';
import { unlessErrno } from '#base';
import { getXattr } from '#linux';
import type { Snapshots } from '#store/snapshots';
import { openNoFollow } from '#tree';
import { givenPaths, isOpaque, isWhiteout } from './overlay-marks.ts';

const kinds = { changed: 0, added: 1, deleted: 2 } as const;
/** Or replaced by something of another kind, meanwhile. */
const gone = ['ENOENT', 'ENOTDIR', 'ELOOP'];

/**
 * The paths that differ from the image, in order, a directory before what is in it. What lies in an added directory
 * is told too, and a directory in which something changed counts as changed. A running container may go on meanwhile.
 */
export async function listChanges(snapshots: Snapshots, key: string): Promise<FilesystemChange[]> {
  await using below = await snapshots.view(key, 'layers');
  return await changesIn({ upper: snapshots.upperDir(key), lower: below.path, path: '', isHidden: false });
}

/** A directory of the container, as it was written and as the image has it. */
interface Pair {
  /** Path of this process for the container's own files. */
  readonly upper: string;
  /** Path of this process for the image's; undefined when the image has no directory there. */
  readonly lower: string | undefined;
  /** As the container sees it; empty for the root. */
  readonly path: string;
  /** Whether the image's files here are hidden by a directory that was made anew, at this place or above. */
  readonly isHidden: boolean;
}

async function changesIn({ upper, lower, path, ...above }: Pair): Promise<FilesystemChange[]> {
  await setImmediate();
  // The container may put a link in the directory's place: that is not followed.
  using directory = ifThere(() => openNoFollow(upper, constants.O_RDONLY | constants.O_DIRECTORY));
  if (directory === undefined) return [];
  const written = ifThere(() => readdirSync(directory.path)) ?? [];
  const isHidden = above.isHidden || isOpaque(`${directory.path}/.`);
  const hidden = lower !== undefined && isHidden ? readdirSync(lower) : [];
  const changes: FilesystemChange[] = [];
  for (const name of [...new Set([...written, ...hidden])].sort()) {
    const place = {
      upper: `${directory.path}/${name}`,
      lower: lower === undefined ? undefined : `${lower}/${name}`,
      path: `${path}/${name}`,
      isHidden,
    };
    if (!givenPaths.has(place.path)) changes.push(...(await changesAt(place)));
  }
  return changes;
}

async function changesAt({ upper, lower, path, isHidden }: Pair): Promise<FilesystemChange[]> {
  const after = statIfThere(upper);
  const before = lower === undefined ? undefined : statIfThere(lower);
  if (after === undefined || isWhiteout(after)) {
    return before === undefined ? [] : [{ Path: path, Kind: kinds.deleted }];
  }
  const isSame = before !== undefined && lower !== undefined && isEqual(before, after, [lower, upper]);
  const inside = after.isDirectory()
    ? await changesIn({ upper, lower: before?.isDirectory() ? lower : undefined, path, isHidden })
    : [];
  if (inside.length === 0 && (isSame || isOnlyGiven(path, before))) return [];
  return [{ Path: path, Kind: before === undefined ? kinds.added : kinds.changed }, ...inside];
}

/** A directory that was made to hold nothing but what every container is given. */
function isOnlyGiven(path: string, before: BigIntStats | undefined): boolean {
  return before === undefined && [...givenPaths].some((point) => point.startsWith(`${path}/`));
}

/** Like Docker: by what a change of content or attributes can't help changing. A directory's time says nothing. */
function isEqual(
  before: BigIntStats,
  after: BigIntStats,
  [lower, upper]: readonly [lower: string, upper: string],
): boolean {
  const keys = ['mode', 'uid', 'gid', 'rdev'] as const;
  if (keys.some((key) => before[key] !== after[key])) return false;
  if (after.isDirectory()) return true;
  const isUntouched = before.size === after.size && before.mtimeNs === after.mtimeNs;
  return isUntouched && (!after.isFile() || capabilitiesOf(lower) === capabilitiesOf(upper));
}

function capabilitiesOf(path: string): string {
  const value = unlessErrno([...gone, 'EOPNOTSUPP'], () => getXattr(path, 'security.capability'));
  return Buffer.from(value ?? []).toString('hex');
}

function statIfThere(path: string): BigIntStats | undefined {
  return ifThere(() => lstatSync(path, { bigint: true }));
}

function ifThere<T>(look: () => T): T | undefined {
  return unlessErrno(gone, look);
}
