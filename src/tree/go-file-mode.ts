import { constants } from 'node:fs';

/** The file types of stat(2) as bits of Go's os.FileMode; a regular file has none. */
const typeBits: Readonly<Record<number, number>> = {
  [constants.S_IFDIR]: 2 ** 31,
  [constants.S_IFLNK]: 2 ** 27,
  [constants.S_IFBLK]: 2 ** 26,
  [constants.S_IFCHR]: 2 ** 26 + 2 ** 21,
  [constants.S_IFIFO]: 2 ** 25,
  [constants.S_IFSOCK]: 2 ** 24,
};

const specialBits = [
  [0o4000, 2 ** 23],
  [0o2000, 2 ** 22],
  [0o1000, 2 ** 20],
] as const;

/** A mode of stat(2) in Go's notation, which Docker's clients read. */
export function goFileMode(mode: number): number {
  const special = specialBits.reduce((sum, [bit, goBit]) => sum + ((mode & bit) === 0 ? 0 : goBit), 0);
  return (mode & 0o777) + special + (typeBits[mode & constants.S_IFMT] ?? 0);
}
