import type { TarExtent, TarXattr } from '#oci';

/** What every file of a layer has. Texts are byte strings, as the tar reader gives them. */
export interface NodeAttributes {
  mode: number;
  uid: number;
  gid: number;
  mtimeSeconds: number;
  mtimeNanos: number;
  xattrs: readonly TarXattr[];
}

export interface DirectoryNode extends NodeAttributes {
  readonly kind: 'directory';
  readonly children: Map<string, LayerNode>;
  /** Hides what lower layers have in this directory. */
  opaque: boolean;
  /** The layer has no entry of its own for it, only for something below. */
  implied: boolean;
}

export interface FileNode extends NodeAttributes {
  readonly kind: 'file';
  readonly sizeBytes: number;
  /** Where its bytes begin in the tar. */
  readonly position: number;
  /** The stored runs of a sparse file. */
  readonly extents: readonly TarExtent[] | undefined;
}

export interface SymlinkNode extends NodeAttributes {
  readonly kind: 'symlink';
  readonly target: string;
}

export interface DeviceNode extends NodeAttributes {
  readonly kind: 'character' | 'block';
  readonly major: number;
  readonly minor: number;
}

export interface FifoNode extends NodeAttributes {
  readonly kind: 'fifo';
}

/** Hides a lower layer's file of its name. */
export interface WhiteoutNode extends NodeAttributes {
  readonly kind: 'whiteout';
}

/** A file of a layer; a node that stands under several names is hard-linked. */
export type LayerNode = DirectoryNode | FileNode | SymlinkNode | DeviceNode | FifoNode | WhiteoutNode;

const plain = { uid: 0, gid: 0, mtimeSeconds: 0, mtimeNanos: 0, xattrs: [] } as const;

/** A directory that no entry describes: root's, 0755, as old as the directory it is in. */
export function impliedDirectory(parent?: DirectoryNode): DirectoryNode {
  const { mtimeSeconds, mtimeNanos } = parent ?? plain;
  return {
    ...plain,
    kind: 'directory',
    mode: 0o755,
    mtimeSeconds,
    mtimeNanos,
    children: new Map(),
    opaque: false,
    implied: true,
  };
}

export function whiteout(): WhiteoutNode {
  return { ...plain, kind: 'whiteout', mode: 0 };
}
