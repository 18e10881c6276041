import type { FileHandle } from 'node:fs/promises';

const blockBytes = 64 * 1024;
const newline = 0x0a;

/** Where the last `lines` lines of a file begin; reads only as much of its end as that takes. */
export async function tailOffset(file: FileHandle, size: number, lines: number): Promise<number> {
  if (lines === 0) return size;
  const block = Buffer.allocUnsafe(blockBytes);
  let wanted = lines;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockBytes);
    const { bytesRead } = await file.read(block, 0, end - start, start);
    for (let at = bytesRead - 1; at >= 0; at--) {
      // The line feed at the very end closes the last line; it begins none.
      if (block[at] !== newline || start + at === size - 1) continue;
      if (--wanted === 0) return start + at + 1;
    }
    end = start;
  }
  return 0;
}
