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
  readonly placementOf: Pick<WeakMap<LayerNode, Placement>, 'get'>;
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
  // For many files a Map takes more than three times as much memory.
  const placementOf = new WeakMap<LayerNode, Placement>();
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

/** A placement while it is decided: changed in place, since there is one for each file. */
type Draft = { -readonly [Key in keyof Placement]: Placement[Key] };

function placeInode(node: LayerNode, serial: number, cursor: Cursor): Placement {
  const draft: Draft = {
    node,
    serial,
    at: alignUp(cursor.at, slotBytes),
    layout: dataLayout.plain,
    xattrs: encodeXattrs(overlayXattrs(node)),
    sizeBytes: 0,
    firstBlock: 0,
    directory: undefined,
    links: 1,
  };
  cursor.at = draft.at + headBytes(draft);
  if (node.kind === 'directory') placeDirectory(draft, node, cursor);
  else if (node.kind === 'symlink') placeSymlink(draft, node, cursor);
  else if (node.kind === 'file' && node.sizeBytes > 0) placeFile(draft, node, cursor);
  return draft;
}

/** Of the inode and its attributes. */
function headBytes({ xattrs }: Draft): number {
  return inodeBytes + xattrs.length;
}

function placeDirectory(draft: Draft, node: DirectoryNode, cursor: Cursor): void {
  const directory = planDirectory(node);
  draft.directory = directory;
  draft.links = 2;
  placeContent(draft, directory.blocks.length - 1, directory.tailBytes, cursor);
}

function placeSymlink(draft: Draft, { target }: SymlinkNode, cursor: Cursor): void {
  const fullBlocks = Math.floor(target.length / blockBytes);
  const tailBytes = target.length % blockBytes;
  if (fullBlocks === 0) {
    placeContent(draft, 0, tailBytes, cursor);
    return;
  }
  draft.firstBlock = claimBlocks(cursor, fullBlocks + Math.sign(tailBytes));
  draft.sizeBytes = target.length;
}

function placeFile(draft: Draft, node: FileNode, cursor: Cursor): void {
  const chunks = planChunks(node);
  draft.layout = dataLayout.chunked;
  draft.sizeBytes = node.sizeBytes;
  draft.firstBlock = claimBlocks(cursor, chunks.copies.length);
  cursor.at = draft.at + alignUp(headBytes(draft), 8) + 8 * chunks.count;
}

/**
 * Full blocks go to the data area; the rest stands behind its inode when it fits there without crossing a block,
 * else it takes a block too, which a directory then counts as a full one.
 */
function placeContent(draft: Draft, fullBlocks: number, tailBytes: number, cursor: Cursor): void {
  const inlineAt = inlinePlace(draft.at, headBytes(draft), tailBytes);
  draft.sizeBytes = fullBlocks * blockBytes + tailBytes;
  if (inlineAt === undefined) {
    draft.firstBlock = claimBlocks(cursor, fullBlocks + 1);
    if (draft.directory !== undefined) draft.sizeBytes = (fullBlocks + 1) * blockBytes;
    return;
  }
  draft.at = inlineAt;
  draft.layout = dataLayout.inline;
  draft.firstBlock = claimBlocks(cursor, fullBlocks);
  cursor.at = inlineAt + headBytes(draft) + tailBytes;
}

/** The next place from `at` on where the tail behind the inode lies within one block. */
function inlinePlace(at: number, headBytes: number, tailBytes: number): number | undefined {
  for (let place = at; place <= at + blockBytes; place += slotBytes) {
    if (((place + headBytes) % blockBytes) + tailBytes <= blockBytes) return place;
  }
  return undefined;
}

function claimBlocks(cursor: Cursor, count: number): number {
  const first = cursor.dataBlocks;
  cursor.dataBlocks += count;
  return first;
}

export function alignUp(value: number, unit: number): number {
  return Math.ceil(value / unit) * unit;
}
