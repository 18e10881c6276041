import type { DirectoryNode } from '../tree/node.ts';
import { blockBytes, writeInt64 } from './format.ts';

const entryBytes = 12;

/** How a directory's names are spread over its blocks. */
export interface DirectoryPlan {
  /** Sorted by bytes, with `.` and `..`; one list a block. */
  readonly blocks: readonly (readonly string[])[];
  /** Length of the last block's content. */
  readonly tailBytes: number;
}

/** What an entry points to. */
export interface EntryTarget {
  readonly nid: number;
  readonly type: number;
}

export function planDirectory(directory: DirectoryNode): DirectoryPlan {
  const blocks: string[][] = [];
  let block: string[] = [];
  let used = 0;
  for (const name of ['.', '..', ...directory.children.keys()].sort()) {
    const bytes = entryBytes + name.length;
    if (used + bytes > blockBytes) {
      blocks.push(block);
      block = [];
      used = 0;
    }
    block.push(name);
    used += bytes;
  }
  return { blocks: [...blocks, block], tailBytes: used };
}

/** Writes one block's entries and then their names at `at`. */
export function writeDirectoryBlock(
  image: Buffer,
  at: number,
  names: readonly string[],
  targetOf: (name: string) => EntryTarget,
): void {
  let nameAt = entryBytes * names.length;
  names.forEach((name, index) => {
    const entry = at + index * entryBytes;
    const { nid, type } = targetOf(name);
    writeInt64(image, nid, entry);
    image.writeUInt16LE(nameAt, entry + 8);
    image[entry + 10] = type;
    image.write(name, at + nameAt, 'latin1');
    nameAt += name.length;
  });
}
