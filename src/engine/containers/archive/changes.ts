import { randomUUID } from 'node:crypto';
import { type Dirent, lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import type { FilesystemChange } from '#api';
import { type OpenDescriptor, openConfined, openPathOnly } from '#linux';
import type { ContainerContext } from '../context.ts';
import type { ContainerRecord } from '../types.ts';
import { openDirectory } from './open-directory.ts';

const kinds = { changed: 0, added: 1, deleted: 2 } as const;

/** The paths that differ from the image, in order; what lies in an added directory is told too. */
export async function listChanges(
  { snapshots }: ContainerContext,
  { id, image, mounts }: ContainerRecord,
): Promise<FilesystemChange[]> {
  const key = `changes-${randomUUID()}`;
  await using stack = new AsyncDisposableStack();
  await snapshots.prepare(key, image.layers);
  stack.defer(() => snapshots.remove(key));
  const below = stack.use(await snapshots.open(key));
  const lower = stack.use(openDirectory(below.path));
  const ours = new Set([...mountPoints, ...mounts.map(({ destination }) => destination)]);
  return await changesIn({ upper: snapshots.upperDir(id), ours }, '', lower);
}

/** What every container is given a place to mount on; a user has not changed it. */
const mountPoints = ['/dev', '/etc/hostname', '/etc/hosts', '/etc/resolv.conf', '/proc', '/sys'];

interface Written {
  /** The directory with the container's own files. */
  readonly upper: string;
  /** Paths that are not the user's. */
  readonly ours: ReadonlySet<string>;
}

/** @param lower the image's files; undefined below a directory that the image does not have */
async function changesIn(
  written: Written,
  path: string,
  lower: OpenDescriptor | undefined,
): Promise<FilesystemChange[]> {
  const entries = await readdir(written.upper + path, { withFileTypes: true });
  const changes: FilesystemChange[] = [];
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    changes.push(...(await changesAt(written, `${path}/${entry.name}`, entry, lower)));
  }
  return changes;
}

async function changesAt(
  written: Written,
  Path: string,
  entry: Dirent,
  lower: OpenDescriptor | undefined,
): Promise<FilesystemChange[]> {
  if (written.ours.has(Path)) return [];
  if (isWhiteout(written.upper + Path, entry)) return [{ Path, Kind: kinds.deleted }];
  const isKnown = lower !== undefined && exists(lower, Path);
  const own = { Path, Kind: isKnown ? kinds.changed : kinds.added };
  if (!entry.isDirectory()) return [own];
  const below = await changesIn(written, Path, isKnown ? lower : undefined);
  // A directory that holds nothing but our mount points was made or changed by them.
  const isOurs = below.length === 0 && [...written.ours].some((path) => path.startsWith(`${Path}/`));
  return isOurs ? [] : [own, ...below];
}

function exists(lower: OpenDescriptor, path: string): boolean {
  try {
    using _found = openConfined({ directory: lower.fd, path, flags: openPathOnly | noFollow });
    return true;
  } catch {
    return false;
  }
}

const noFollow = 0o400000;

/** overlayfs notes a deletion as a character device 0:0. */
function isWhiteout(path: string, entry: Dirent): boolean {
  return entry.isCharacterDevice() && lstatSync(path).rdev === 0;
}
