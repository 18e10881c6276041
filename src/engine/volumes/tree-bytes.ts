import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';

const blockBytes = 512;

/** Bytes that a directory's files take on disk; a file with several names counts once. */
export async function treeBytes(directory: string, seen = new Set<number>()): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) bytes += await treeBytes(path, seen);
    else bytes += await fileBytes(path, seen);
  }
  return bytes;
}

async function fileBytes(path: string, seen: Set<number>): Promise<number> {
  const { ino, nlink, blocks } = await lstat(path);
  if (nlink > 1 && seen.has(ino)) return 0;
  seen.add(ino);
  return blocks * blockBytes;
}
