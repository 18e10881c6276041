import { addon } from './addon.ts';
import { checked } from './errno.ts';

/** A part of a file that has bytes of its own, between holes. */
export interface DataRun {
  readonly offset: number;
  readonly length: number;
}

const seekData = 3;
const seekHole = 4;
const beyondData = -6;

/**
 * Where a file has data, in its order; all of it where the file system knows no holes. Moves the descriptor's offset.
 * @throws SystemCallError
 */
export function dataRuns(fd: number, sizeBytes: number): DataRun[] {
  const runs: DataRun[] = [];
  for (let at = 0; at < sizeBytes; ) {
    const offset = addon().seek(fd, at, seekData);
    if (offset === beyondData) break;
    checked(offset, 'lseek');
    const end = Math.min(checked(addon().seek(fd, offset, seekHole), 'lseek'), sizeBytes);
    if (end > offset) runs.push({ offset, length: end - offset });
    at = Math.max(end, offset + 1);
  }
  return runs;
}
