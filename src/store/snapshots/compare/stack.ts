import { type IndexInode, type IndexReader, isDirectory, isWhiteout } from '../erofs/index-reader.ts';
import { isOpaque } from '../erofs/xattrs.ts';
import type { OpenLayer } from './open-layer.ts';

/** A file of one layer. */
export interface Part {
  readonly layer: OpenLayer;
  readonly inode: IndexInode;
}

/** What a container would see: one file, or directories of several layers that make one, from top to bottom. */
export type Seen = readonly [top: Part, ...under: Part[]];

/** The root of a stack of layers, from top to bottom; undefined for none. */
export function rootOf(layers: readonly OpenLayer[]): Seen | undefined {
  const [top, ...under] = layers.map((layer): Part => ({ layer, inode: layer.index.root }));
  return top && [top, ...under];
}

/** What is seen in a directory, by name, as overlayfs stacks it. */
export function list(directory: Seen): ReadonlyMap<string, Seen> {
  const seen = new Map<string, [Part, ...Part[]]>();
  /** Names of which lower layers show nothing more. */
  const closed = new Set<string>();
  for (const { layer, inode } of directory) {
    for (const [name, entry] of entriesOf(layer.index, inode)) {
      if (closed.has(name)) continue;
      const above = seen.get(name);
      const joins = isDirectory(entry);
      if (!joins || isOpaque(entry.xattrs)) closed.add(name);
      if (isWhiteout(entry)) continue;
      if (above === undefined) seen.set(name, [{ layer, inode: entry }]);
      else if (joins) above.push({ layer, inode: entry });
    }
  }
  return seen;
}

/** Whether both are the same files of the same layers. */
export function isSame(a: Seen, b: Seen): boolean {
  return a.length === b.length && a.every((part, index) => isSamePart(part, b[index]));
}

function isSamePart(a: Part, b: Part | undefined): boolean {
  return a.layer === b?.layer && a.inode.nid === b.inode.nid;
}

function entriesOf(index: IndexReader, inode: IndexInode): ReadonlyMap<string, IndexInode> {
  return isDirectory(inode) ? index.entries(inode) : new Map();
}
