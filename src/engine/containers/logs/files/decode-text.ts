import { decodeLog, type LogSelection } from '#linux';
import type { TextSource } from './text-source.ts';

const blockBytes = 256 * 1024;
/** Every character of a line of 1 MiB may be escaped by six. What is longer is no entry. */
export const entryLimitBytes = 8 * 1024 * 1024;
/** More than what decodeLog() puts before and behind a text. */
const decorationBytes = 64;

/** The next size of a block that no entry fits in. */
export function grownBytes(bytes: number): number {
  return Math.min(bytes * 4, entryLimitBytes);
}

/** Where a reader is in a file, and whether it shall go on. */
export interface Progress {
  /** Offset behind the last entry that was read. */
  position: number;
  /** An entry was later than what is wanted. */
  past: boolean;
}

/** Decodes a file's entries from `progress.position` as far as it goes now, and keeps `progress` up to date. */
export async function* decodeText(
  source: TextSource,
  progress: Progress,
  selection: LogSelection,
): AsyncGenerator<Uint8Array> {
  let block = Buffer.allocUnsafe(blockBytes);
  while (!progress.past) {
    const length = await source.read(block, progress.position);
    const before = progress.position;
    yield* decodeBlock(block.subarray(0, length), progress, selection);
    if (progress.position > before || progress.past) continue;
    // No entry ends in the block: the file does, or a long line has begun.
    if (length < block.length) return;
    if (block.length < entryLimitBytes) block = Buffer.allocUnsafe(grownBytes(block.length));
    else progress.position += length;
  }
}

function* decodeBlock(block: Buffer, progress: Progress, selection: LogSelection): Generator<Uint8Array> {
  for (let at = 0; at < block.length; ) {
    const rest = block.subarray(at);
    const output = Buffer.allocUnsafe(rest.length + selection.prefix.length + decorationBytes);
    const { consumed, produced, stopped } = decodeLog(rest, output, selection);
    at += consumed;
    progress.position += consumed;
    progress.past = stopped === 'until';
    if (produced > 0) yield output.subarray(0, produced);
    if (stopped !== 'output') return;
  }
}
