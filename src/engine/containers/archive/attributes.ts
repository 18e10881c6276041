import { chmod, lchown, lutimes } from 'node:fs/promises';
import { setXattr } from '#linux';
import type { TarEntry } from '#oci';
import type { ExtractOptions } from '../types.ts';

/** Gives a file the owner, rights, attributes and time of an archive member, in the order that keeps them. */
export async function applyAttributes(
  path: string,
  entry: TarEntry,
  { copyUidGid }: ExtractOptions,
): Promise<void> {
  await lchown(path, copyUidGid ? entry.uid : 0, copyUidGid ? entry.gid : 0);
  if (entry.type !== 'symlink') await chmod(path, entry.mode);
  for (const { name, value } of entry.xattrs) setXattr(path, name, value);
  const seconds = entry.mtimeSeconds + entry.mtimeNanos / 1e9;
  await lutimes(path, seconds, seconds);
}
