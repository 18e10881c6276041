import { existsSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from '#base';
import { makeDisk, mountDisk, mountPointsBelow, unmountBelow } from '#linux';

const disk = 'disk.img';
const place = 'fs';

/**
 * Makes a folder whose files take a size at most: they are in a file system of their own, in a file of the folder.
 * @throws EngineError invalid, for a size that is too small; notImplemented
 */
export async function makeSized(folder: string, sizeBytes: number): Promise<void> {
  mkdirSync(join(folder, place), { recursive: true, mode: 0o711 });
  if (await makeDisk(join(folder, disk), sizeBytes)) return;
  throw new EngineError(
    'notImplemented',
    'this host has no mkfs.ext4, and cannot keep a container to a size',
  );
}

/** Where the files of a folder are; one of limited size is mounted, unless it is, and stays so. */
export function placeOf(folder: string): string {
  const file = join(folder, disk);
  if (!existsSync(file)) return folder;
  const files = join(folder, place);
  if (mountPointsBelow(folder).length === 0) mountDisk(file, files);
  return files;
}

/** Removes a folder, of limited size or not. Idempotent. */
export async function removeFolder(folder: string): Promise<void> {
  if (existsSync(join(folder, disk))) unmountBelow(folder);
  await rm(folder, { recursive: true, force: true });
}
