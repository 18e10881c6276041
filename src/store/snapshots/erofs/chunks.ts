import { EngineError } from '#base';
import type { TarExtent } from '#oci';
import type { FileNode } from '../tree/node.ts';
import { blockBytes, indexDevice, tarDevice } from './format.ts';

const maxChunkBits = 31;
const maxBlock = 0xffffffff;
/** So that a crafted map cannot make an index of many gigabytes: 128 MiB of entries. */
const maxChunks = 1 << 24;
const noCopies: readonly ChunkCopy[] = [];

/** How a file's bytes are found: in chunks of `512 << bits` bytes. */
export interface ChunkPlan {
  readonly bits: number;
  readonly count: number;
  /** Chunks that stand in the tar as they are; the others are holes or copies. */
  readonly runs: readonly ChunkRun[];
  /** Chunks of a sparse map that is not aligned to blocks: gathered into blocks of the index. */
  readonly copies: readonly ChunkCopy[];
}

/** `count` chunks from the `index`th on, one after the other from `block` of the tar. */
export interface ChunkRun {
  readonly index: number;
  readonly count: number;
  readonly block: number;
}

/** One block of the index and the runs of the tar that it is made of. */
export interface ChunkCopy {
  readonly index: number;
  readonly pieces: readonly { readonly at: number; readonly position: number; readonly length: number }[];
}

/** @throws EngineError invalid, for a sparse file in more pieces than an index may have */
export function planChunks(file: FileNode): ChunkPlan {
  if (file.position / blockBytes > maxBlock) throw new EngineError('invalid', 'layer is larger than 2 TiB');
  const { sizeBytes, extents } = file;
  if (extents === undefined) return planWhole(file);
  return extents.every((extent) => isAligned(extent, sizeBytes))
    ? planRuns(sizeBytes, extents)
    : planCopies(sizeBytes, extents);
}

/** What nearly every file is, so that little is left of planning it. */
function planWhole({ sizeBytes, position }: FileNode): ChunkPlan {
  const bits = smallestCover(sizeBytes);
  const count = Math.ceil(sizeBytes / chunkBytes(bits));
  return { bits, count, runs: [{ index: 0, count, block: position / blockBytes }], copies: noCopies };
}

/** The largest chunks of which every extent is a whole number; the file's end may fall within one. */
function planRuns(sizeBytes: number, extents: readonly TarExtent[]): ChunkPlan {
  let bits = smallestCover(sizeBytes);
  for (const { offset, length } of extents) {
    const reachesEnd = offset + length === sizeBytes;
    while (bits > 0 && (offset % chunkBytes(bits) || (!reachesEnd && length % chunkBytes(bits)))) bits--;
  }
  const bytes = chunkBytes(bits);
  const runs = extents.map(({ offset, length, position }) => ({
    index: offset / bytes,
    count: Math.ceil(length / bytes),
    block: position / blockBytes,
  }));
  return { bits, count: checkCount(Math.ceil(sizeBytes / bytes)), runs, copies: noCopies };
}

function planCopies(sizeBytes: number, extents: readonly TarExtent[]): ChunkPlan {
  const count = checkCount(Math.ceil(sizeBytes / blockBytes));
  const copies = new Map<number, { at: number; position: number; length: number }[]>();
  for (const { offset, length, position } of extents) {
    for (let done = 0; done < length; ) {
      const at = (offset + done) % blockBytes;
      const piece = Math.min(blockBytes - at, length - done);
      const index = Math.floor((offset + done) / blockBytes);
      const pieces = copies.get(index) ?? [];
      pieces.push({ at, position: position + done, length: piece });
      copies.set(index, pieces);
      done += piece;
    }
  }
  return { bits: 0, count, runs: [], copies: Array.from(copies, ([index, pieces]) => ({ index, pieces })) };
}

function isAligned({ offset, length, position }: TarExtent, sizeBytes: number): boolean {
  const wholeBlocks = length % blockBytes === 0 || offset + length === sizeBytes;
  return offset % blockBytes === 0 && position % blockBytes === 0 && wholeBlocks;
}

function smallestCover(sizeBytes: number): number {
  let bits = 0;
  while (bits < maxChunkBits && chunkBytes(bits) < sizeBytes) bits++;
  return bits;
}

function chunkBytes(bits: number): number {
  return blockBytes * 2 ** bits;
}

function checkCount(count: number): number {
  if (count > maxChunks) throw new EngineError('invalid', 'sparse file has too many pieces');
  return count;
}

/** Writes the chunk entries at `at`; `firstCopy` is the index's block of the first copy. */
export function writeChunks(image: Buffer, at: number, plan: ChunkPlan, firstCopy: number): void {
  image.fill(0xff, at, at + 8 * plan.count);
  for (const { index, count, block } of plan.runs) {
    for (let i = 0; i < count; i++) {
      writeEntry(image, at + 8 * (index + i), tarDevice, block + i * 2 ** plan.bits);
    }
  }
  for (const [i, { index }] of plan.copies.entries()) {
    writeEntry(image, at + 8 * index, indexDevice, firstCopy + i);
  }
}

function writeEntry(image: Buffer, at: number, device: number, block: number): void {
  image.writeUInt16LE(0, at);
  image.writeUInt16LE(device, at + 2);
  image.writeUInt32LE(block, at + 4);
}
