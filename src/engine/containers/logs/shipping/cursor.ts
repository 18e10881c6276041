import { readFile, rename, writeFile } from 'node:fs/promises';
import { formatTimestamp, parseTimestamp } from '#base';

/** How far a container's log has been sent: behind which entry. */
export interface Cursor {
  readonly inode: bigint;
  readonly offset: number;
  /** Time of that entry. */
  readonly timeNs: bigint;
}

/** @returns undefined when nothing was sent yet, or nobody knows */
export async function readCursor(path: string): Promise<Cursor | undefined> {
  try {
    const { inode, offset, time } = JSON.parse(await readFile(path, 'utf8'));
    return { inode: BigInt(inode), offset: Number(offset), timeNs: parseTimestamp(time) };
  } catch {
    return undefined;
  }
}

export async function writeCursor(path: string, { inode, offset, timeNs }: Cursor): Promise<void> {
  const text = JSON.stringify({ inode: inode.toString(), offset, time: formatTimestamp(timeNs) });
  await writeFile(`${path}.new`, text, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
