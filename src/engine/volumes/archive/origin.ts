import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { unlessErrno } from '#base';
import { getXattr } from '#linux';
import { type TarEntry, type TarXattr, toByteString } from '#oci';

/** By it a copy tells which file it was made of, and when that was changed last. */
export const originXattr = 'trusted.wharf.origin';

/**
 * A file that has the same inode and the same time of change has neither other bytes nor other attributes; unless it
 * was changed just now, for the clock of files ticks slowly.
 * @param beforeNs of a file that was changed later nothing is told
 */
export function originOf({ dev, ino, ctimeNs }: BigIntStats, beforeNs: bigint): TarXattr[] {
  if (ctimeNs >= beforeNs) return [];
  return [{ name: originXattr, value: Buffer.from(`${dev}:${ino}:${ctimeNs}`) }];
}

/** Where an earlier copy has a member that is the same; only under the same name it is looked for. */
export function sameInEarlier(earlier: string, { name, xattrs }: TarEntry): Buffer | undefined {
  const path = Buffer.from(join(toByteString(earlier), name), 'latin1');
  const wanted = xattrs.find((xattr) => xattr.name === originXattr)?.value;
  const found = unlessErrno(['ENOENT', 'ENOTDIR', 'ENODATA', 'EOPNOTSUPP', 'ENOTSUP', 'ELOOP'], () =>
    getXattr(path, originXattr),
  );
  return wanted !== undefined && found !== undefined && Buffer.from(found).equals(wanted) ? path : undefined;
}
