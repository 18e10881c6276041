import { createHash, type Hash } from 'node:crypto';
import { type Digest, parseDigest } from '#base';
import type { TarEntry, TarMembers } from '#oci';

/**
 * A digest of what members are: names, kinds, rights, owners, attributes and contents, but no times, so that a fresh
 * checkout of the same files is the same.
 */
export async function contentDigest(members: TarMembers): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const item of members) {
    if (item.kind === 'content') hash.update(item.piece);
    else addEntry(hash, item.entry);
  }
  return parseDigest(`sha256:${hash.digest('hex')}`);
}

function addEntry(hash: Hash, entry: TarEntry): void {
  const { type, name, linkName, mode, uid, gid, major, minor, sizeBytes } = entry;
  const xattrs = entry.xattrs.map(({ name: key, value }) => [key, Buffer.from(value).toString('base64')]);
  hash.update(
    `\n${JSON.stringify([type, name, linkName, mode, uid, gid, major, minor, sizeBytes, xattrs])}\n`,
  );
}
