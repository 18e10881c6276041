import type { TarXattr } from '#oci';
import type { LayerNode } from '../tree/node.ts';

const headerBytes = 12;
const maxNameBytes = 255;
const maxValueBytes = 0xffff;
const prefixes: readonly (readonly [prefix: string, index: number])[] = [
  ['user.', 1],
  ['system.posix_acl_access', 2],
  ['system.posix_acl_default', 3],
  ['trusted.', 4],
  ['security.', 6],
];

const opaque: TarXattr = { name: 'trusted.overlay.opaque', value: Buffer.from('y') };
/** Empty: it only makes overlayfs look for whiteouts when it lists a directory that no other layer has. */
const origin: TarXattr = { name: 'trusted.overlay.origin', value: new Uint8Array(0) };

/** The node's own attributes and those by which overlayfs knows what it hides. */
export function overlayXattrs(node: LayerNode): readonly TarXattr[] {
  if (node.kind !== 'directory') return node.xattrs;
  const hides = node.children.values().some((child) => child.kind === 'whiteout');
  if (!node.opaque && !hides) return node.xattrs;
  return [...node.xattrs, ...(node.opaque ? [opaque] : []), ...(hides ? [origin] : [])];
}

const noArea = new Uint8Array(0);

/** The inline attribute area of an inode: empty, or a header and the entries. Names of no known kind are left out. */
export function encodeXattrs(xattrs: readonly TarXattr[]): Uint8Array {
  if (xattrs.length === 0) return noArea;
  const entries = xattrs.flatMap((xattr) => encodeEntry(xattr) ?? []);
  return entries.length === 0 ? noArea : Buffer.concat([Buffer.alloc(headerBytes), ...entries]);
}

/** The inode's count: 0 for none, else 1 and one for each four bytes behind the header. */
export function xattrCount(area: Uint8Array): number {
  return area.length === 0 ? 0 : 1 + (area.length - headerBytes) / 4;
}

function encodeEntry({ name, value }: TarXattr): Uint8Array | undefined {
  const known = prefixes.find(([prefix]) => name.startsWith(prefix));
  if (known === undefined || value.length > maxValueBytes) return undefined;
  const [prefix, index] = known;
  const rest = Buffer.from(name.slice(prefix.length), 'latin1');
  if (rest.length > maxNameBytes) return undefined;
  const entry = Buffer.alloc(Math.ceil((4 + rest.length + value.length) / 4) * 4);
  entry[0] = rest.length;
  entry[1] = index;
  entry.writeUInt16LE(value.length, 2);
  entry.set(rest, 4);
  entry.set(value, 4 + rest.length);
  return entry;
}

/** The attributes of an area that encodeXattrs() made; names and values are byte strings. */
export function decodeXattrs(area: Buffer): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (let at = headerBytes; at < area.length; ) {
    const nameBytes = area[at] ?? 0;
    const prefix = prefixes.find(([, index]) => index === area[at + 1])?.[0] ?? '';
    const valueAt = at + 4 + nameBytes;
    const end = valueAt + area.readUInt16LE(at + 2);
    found.set(prefix + area.toString('latin1', at + 4, valueAt), area.toString('latin1', valueAt, end));
    at += Math.ceil((end - at) / 4) * 4;
  }
  return found;
}

/** Whether overlayfs looks below this directory. */
export function isOpaque(xattrs: ReadonlyMap<string, string>): boolean {
  return xattrs.get(opaque.name) === 'y';
}

/** Whether an attribute is only overlayfs's own. */
export function isOverlayXattr(name: string): boolean {
  return name.startsWith('trusted.overlay.');
}
