import { EngineError } from '#base';
import type { DirectoryNode, FileNode, LayerNode, SymlinkNode } from '../tree/node.ts';
import { planChunks } from './chunks.ts';
import { type DirectoryPlan, planDirectory } from './directory.ts';
import { blockBytes, type DataLayout, dataLayout, firstInodeAt, inodeBytes, slotBytes } from './format.ts';
import { encodeXattrs, overlayXattrs } from './xattrs.ts';

/** Where an inode stands, and what its encoding needs; there is one for each file of a layer, so it is kept small. */
export interface Placement {
  readonly node: LayerNode;
  readonly serial: number;
  /** Byte offset of the inode. */
  readonly at: number;
  readonly layout: DataLayout;
  readonly xattrs: Uint8Array;
  /** The size that the inode tells. */
  readonly sizeBytes: number;
  /** First block of its own in the data area. */
  readonly firstBlock: number;
  readonly directory: DirectoryPlan | undefined;
  links: number;
}

export interface Layout {
  /** In the order of their inodes; the root comes first, each directory before what is in it. */
  readonly placements: readonly Placement[];
  readonly placementOf: ReadonlyMap<LayerNode, Placement>;
  readonly parentOf: ReadonlyMap<DirectoryNode, DirectoryNode>;
  /** Blocks of the area with superblock and inodes; the data area follows. */
  readonly metadataBlocks: number;
  readonly dataBlocks: number;
  /** Sum of the lengths of the files. */
  readonly fileBytes: number;
}

const maxIndexBytes = 2 ** 31;

/** Decides where everything stands. @throws EngineError invalid, when the index would be unreasonably large */
export function layOut(root: DirectoryNode): Layout {
  const cursor = { at: firstInodeAt, dataBlocks: 0 };
  const placements: Placement[] = [];
  const placementOf = new Map<LayerNode, Placement>();
  const parentOf = new Map<DirectoryNode, DirectoryNode>([[root, root]]);
  let fileBytes = 0;

  const place = (node: LayerNode) => {
    const placement = placeInode(node, placements.length + 1, cursor);
    if (cursor.at > maxIndexBytes) throw new EngineError('invalid', 'layer has too many files');
    placements.push(placement);
    placementOf.set(node, placement);
    if (node.kind === 'file') fileBytes += node.sizeBytes;
    return placement;
  };

  const queue = [{ node: root, placement: place(root) }];
  for (const { node: directory, placement } of queue) {
    for (const child of directory.children.values()) {
      const known = placementOf.get(child);
      if (known !== undefined) {
        known.links++;
        continue;
      }
      const placed = place(child);
      if (child.kind !== 'directory') continue;
      placement.links++;
      parentOf.set(child, directory);
      queue.push({ node: child, placement: placed });
    }
  }
  const metadataBlocks = Math.ceil(cursor.at / blockBytes);
  return { placements, placementOf, parentOf, metadataBlocks, dataBlocks: cursor.dataBlocks, fileBytes };
}

interface Cursor {
  at: number;
  dataBlocks: number;
}

function placeInode(node: LayerNode, serial: number, cursor: Cursor): Placement {
  const xattrs = encodeXattrs(overlayXattrs(node));
  cursor.at = alignUp(cursor.at, slotBytes);
  const place = { node, serial, xattrs, links: 1, directory: undefined };
  const headBytes = inodeBytes + xattrs.length;
  if (node.kind === 'directory') return { ...place, ...placeDirectory(node, headBytes, cursor) };
  if (node.kind === 'symlink') return { ...place, ...placeSymlink(node, headBytes, cursor) };
  if (node.kind === 'file' && node.sizeBytes > 0) return { ...place, ...placeFile(node, headBytes, cursor) };
  return { ...place, ...claim(cursor, headBytes), layout: dataLayout.plain, sizeBytes: 0, firstBlock: 0 };
}

type Place = Pick<Placement, 'at' | 'layout' | 'sizeBytes' | 'firstBlock'>;

function placeDirectory(node: DirectoryNode, headBytes: number, cursor: Cursor) {
  const directory = planDirectory(node);
  const fullBlocks = directory.blocks.length - 1;
  return { ...placeContent(fullBlocks, directory.tailBytes, headBytes, cursor, true), links: 2, directory };
}

function placeSymlink(node: SymlinkNode, headBytes: number, cursor: Cursor): Place {
  const fullBlocks = Math.floor(node.target.length / blockBytes);
  const tailBytes = node.target.length % blockBytes;
  if (fullBlocks === 0) return placeContent(0, tailBytes, headBytes, cursor, false);
  const firstBlock = claimBlocks(cursor, fullBlocks + Math.sign(tailBytes));
  const sizeBytes = node.target.length;
  return { ...claim(cursor, headBytes), layout: dataLayout.plain, sizeBytes, firstBlock };
}

function placeFile(node: FileNode, headBytes: number, cursor: Cursor): Place {
  const chunks = planChunks(node);
  const firstBlock = claimBlocks(cursor, chunks.copies.length);
  const placed = claim(cursor, alignUp(headBytes, 8) + 8 * chunks.count);
  return { ...placed, layout: dataLayout.chunked, sizeBytes: node.sizeBytes, firstBlock };
}

/**
 * Full blocks go to the data area; the rest stands behind its inode when it fits there without crossing a block,
 * else it takes a block too, which a directory then counts as a full one.
 */
function placeContent(
  fullBlocks: number,
  tailBytes: number,
  headBytes: number,
  cursor: Cursor,
  isDirectory: boolean,
): Place {
  const sizeBytes = fullBlocks * blockBytes + tailBytes;
  const at = inlinePlace(cursor.at, headBytes, tailBytes);
  if (at !== undefined) {
    cursor.at = at;
    const firstBlock = claimBlocks(cursor, fullBlocks);
    return { ...claim(cursor, headBytes + tailBytes), layout: dataLayout.inline, sizeBytes, firstBlock };
  }
  const firstBlock = claimBlocks(cursor, fullBlocks + 1);
  const told = isDirectory ? (fullBlocks + 1) * blockBytes : sizeBytes;
  return { ...claim(cursor, headBytes), layout: dataLayout.plain, sizeBytes: told, firstBlock };
}

/** The next place from `at` on where the tail behind the inode lies within one block. */
function inlinePlace(at: number, headBytes: number, tailBytes: number): number | undefined {
  for (let place = at; place <= at + blockBytes; place += slotBytes) {
    if (((place + headBytes) % blockBytes) + tailBytes <= blockBytes) return place;
  }
  return undefined;
}

function claim(cursor: Cursor, bytes: number): { at: number } {
  const at = cursor.at;
  cursor.at += bytes;
  return { at };
}

function claimBlocks(cursor: Cursor, count: number): number {
  const first = cursor.dataBlocks;
  cursor.dataBlocks += count;
  return first;
}

export function alignUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
