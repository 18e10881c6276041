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
  { id, image }: ContainerRecord,
): Promise<FilesystemChange[]> {
  const key = `changes-${randomUUID()}`;
  await using stack = new AsyncDisposableStack();
  await snapshots.prepare(key, image.layers);
  stack.defer(() => snapshots.remove(key));
  const below = stack.use(await snapshots.open(key));
  const directory = stack.use(openDirectory(below.path));
  return await changesIn(snapshots.upperDir(id), '', directory);
}

/** @param lower the image's files; undefined below a directory that the image does not have */
async function changesIn(
  upper: string,
  path: string,
  lower: OpenDescriptor | undefined,
): Promise<FilesystemChange[]> {
  const changes: FilesystemChange[] = [];
  const entries = await readdir(upper + path, { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const Path = `${path}/${entry.name}`;
    const isKnown = lower !== undefined && exists(lower, Path);
    if (isWhiteout(upper + Path, entry)) {
      changes.push({ Path, Kind: kinds.deleted });
      continue;
    }
    changes.push({ Path, Kind: isKnown ? kinds.changed : kinds.added });
    if (entry.isDirectory()) changes.push(...(await changesIn(upper, Path, isKnown ? lower : undefined)));
  }
  return changes;
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
