import type { TarEntry, TarXattr } from '#oci';
import type { LayerNode } from './node.ts';
import { refused } from './path.ts';

const maxSymlinkBytes = 4095;
const symlinkMode = 0o777;

/** Only overlayfs itself may say what these mean. */
const overlayXattrs = 'trusted.overlay.';

/**
 * The node that an entry describes; hard links are no nodes of their own.
 * @throws EngineError invalid, for an entry that is no file
 */
export function toNode(entry: TarEntry): LayerNode {
  const attributes = {
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    mtimeSeconds: entry.mtimeSeconds,
    mtimeNanos: entry.mtimeNanos,
    xattrs: entry.xattrs.length === 0 ? entry.xattrs : allowedXattrs(entry.xattrs),
  };
  switch (entry.type) {
    case 'file': {
      const { sizeBytes, position, extents } = entry;
      return { ...attributes, kind: 'file', sizeBytes, position, extents };
    }
    case 'directory':
      return { ...attributes, kind: 'directory', children: new Map(), opaque: false, implied: false };
    case 'symlink':
      return { ...attributes, kind: 'symlink', mode: symlinkMode, target: checkTarget(entry) };
    case 'character':
    case 'block':
      return { ...attributes, kind: entry.type, major: entry.major, minor: entry.minor };
    case 'fifo':
      return { ...attributes, kind: 'fifo' };
    default:
      throw refused(entry.name, 'unhandled tar header type');
  }
}

function checkTarget({ name, linkName }: TarEntry): string {
  if (linkName === '' || linkName.length > maxSymlinkBytes || linkName.includes('\0')) {
    throw refused(name, 'invalid target of a symbolic link');
  }
  return linkName;
}

function allowedXattrs(xattrs: readonly TarXattr[]): TarXattr[] {
  return xattrs.filter(({ name }) => !name.startsWith(overlayXattrs));
}
