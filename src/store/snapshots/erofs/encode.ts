import type { DeviceNode, DirectoryNode, LayerNode } from '../tree/node.ts';
import { type ChunkPlan, planChunks, writeChunks } from './chunks.ts';
import { type DirectoryPlan, writeDirectoryBlock } from './directory.ts';
import { blockBytes, dataLayout, entryType, inodeBytes, modeType, slotBytes, writeInt64 } from './format.ts';
import { alignUp, type Layout, layOut, type Placement } from './layout.ts';
import { writeSuperblock } from './superblock.ts';
import { xattrCount } from './xattrs.ts';

export interface EncodedIndex {
  readonly image: Buffer;
  /** Sum of the lengths of the layer's files. */
  readonly fileBytes: number;
}

/** Fills `target` with the tar's bytes from `position` on. */
export type ReadTar = (target: Uint8Array, position: number) => void;

/**
 * The EROFS image of a layer: all metadata, and of the files only where their bytes are in the tar, which is the
 * image's one extra device.
 * @throws EngineError invalid, for a layer that is too large for the format
 */
export function encodeIndex(root: DirectoryNode, tarBytes: number, readTar: ReadTar): EncodedIndex {
  const layout = layOut(root);
  const image = Buffer.alloc((layout.metadataBlocks + layout.dataBlocks) * blockBytes);
  const encoder = new InodeEncoder(image, layout, readTar);
  for (const placement of layout.placements) encoder.write(placement);
  writeSuperblock(image, {
    rootNid: nidOf(layout.placements[0]),
    inodes: layout.placements.length,
    tarBlocks: Math.ceil(tarBytes / blockBytes),
  });
  return { image, fileBytes: layout.fileBytes };
}

class InodeEncoder {
  readonly #image: Buffer;
  readonly #layout: Layout;
  readonly #readTar: ReadTar;

  constructor(image: Buffer, layout: Layout, readTar: ReadTar) {
    this.#image = image;
    this.#layout = layout;
    this.#readTar = readTar;
  }

  write(placement: Placement): void {
    const { node, at, xattrs, directory } = placement;
    const chunks =
      placement.layout === dataLayout.chunked && node.kind === 'file' ? planChunks(node) : undefined;
    this.#writeInode(placement, chunks);
    this.#image.set(xattrs, at + inodeBytes);
    const behind = at + inodeBytes + xattrs.length;
    if (node.kind === 'directory' && directory !== undefined) {
      this.#writeDirectory(placement, node, directory, behind);
    } else if (node.kind === 'symlink') {
      const inline = placement.layout === dataLayout.inline;
      this.#image.write(node.target, inline ? behind : this.#block(placement.firstBlock), 'latin1');
    } else if (chunks !== undefined) {
      this.#writeFile(placement, chunks, alignUp(behind, 8));
    }
  }

  #writeInode(placement: Placement, chunks: ChunkPlan | undefined): void {
    const { node, at, layout, xattrs } = placement;
    const image = this.#image;
    image.writeUInt16LE(1 | (layout << 1), at);
    image.writeUInt16LE(xattrCount(xattrs), at + 2);
    image.writeUInt16LE(modeType[node.kind] | node.mode, at + 4);
    writeInt64(image, placement.sizeBytes, at + 8);
    image.writeUInt32LE(this.#contentWord(placement, chunks), at + 16);
    image.writeUInt32LE(placement.serial, at + 20);
    image.writeUInt32LE(node.uid >>> 0, at + 24);
    image.writeUInt32LE(node.gid >>> 0, at + 28);
    writeInt64(image, node.mtimeSeconds, at + 32);
    image.writeUInt32LE(node.mtimeNanos, at + 40);
    image.writeUInt32LE(placement.links, at + 44);
  }

  /** The inode's field whose meaning depends on the file: first block, form of the chunks, or device number. */
  #contentWord({ node, firstBlock }: Placement, chunks: ChunkPlan | undefined): number {
    const hasChunkIndexes = 0x20;
    if (chunks !== undefined) return hasChunkIndexes | chunks.bits;
    if (node.kind === 'directory' || node.kind === 'symlink') return this.#layout.metadataBlocks + firstBlock;
    return node.kind === 'character' || node.kind === 'block' ? deviceNumber(node) : 0;
  }

  #writeDirectory(placement: Placement, node: DirectoryNode, plan: DirectoryPlan, behind: number): void {
    const target = (name: string) => {
      const child = this.#childOf(node, name);
      return { nid: nidOf(this.#layout.placementOf.get(child)), type: entryType[child.kind] };
    };
    plan.blocks.forEach((names, index) => {
      const isTail = index === plan.blocks.length - 1 && placement.layout === dataLayout.inline;
      const at = isTail ? behind : this.#block(placement.firstBlock + index);
      writeDirectoryBlock(this.#image, at, names, target);
    });
  }

  #childOf(directory: DirectoryNode, name: string): LayerNode {
    if (name === '.') return directory;
    if (name === '..') return this.#layout.parentOf.get(directory) ?? directory;
    return directory.children.get(name) ?? directory;
  }

  #writeFile(placement: Placement, chunks: ChunkPlan, at: number): void {
    writeChunks(this.#image, at, chunks, this.#layout.metadataBlocks + placement.firstBlock);
    for (const [index, { pieces }] of chunks.copies.entries()) {
      const block = this.#block(placement.firstBlock + index);
      for (const { at: offset, position, length } of pieces) {
        this.#readTar(this.#image.subarray(block + offset, block + offset + length), position);
      }
    }
  }

  #block(dataBlock: number): number {
    return (this.#layout.metadataBlocks + dataBlock) * blockBytes;
  }
}

function nidOf(placement: Placement | undefined): number {
  return (placement?.at ?? 0) / slotBytes;
}

function deviceNumber({ major, minor }: DeviceNode): number {
  return ((minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12)) >>> 0;
}
