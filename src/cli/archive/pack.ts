import {
  closeSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { encodeTar, plainEntry, type TarEntry, type TarStreamItem, type TarType } from '#oci';

const chunkBytes = 256 << 10;

export interface PackOptions {
  /** The name of the first member; what lies below it follows. */
  readonly name: string;
  /** The source itself is followed when it is a symbolic link. */
  readonly follow: boolean;
  /** Says what is left out, by its path below the source; absent: nothing. */
  readonly skips?: (path: string, isDirectory: boolean) => boolean;
}

/** A file or directory as a tar stream, in order of names; a second name of a file becomes a hard link. */
export function packTree(path: string, options: PackOptions): AsyncGenerator<Uint8Array, void> {
  return encodeTar(packMembers(path, options));
}

/** The same as members, for an archive that holds others too. */
export async function* packMembers(
  path: string,
  { name, follow, skips = () => false }: PackOptions,
): AsyncGenerator<TarStreamItem> {
  yield* packEntry({ path: Buffer.from(path), name: plainEntry(name).name, follow, skips, seen: new Map() });
}

interface Entry {
  readonly path: Buffer;
  /** A byte string, as the tar types want it. */
  readonly name: string;
  readonly follow: boolean;
  readonly skips: (path: string, isDirectory: boolean) => boolean;
  /** The first names of files that have several, by device and inode. */
  readonly seen: Map<string, string>;
}

function* packEntry({ path, name, follow, skips, seen }: Entry): Generator<TarStreamItem, void> {
  const stats = follow ? statSync(path) : lstatSync(path);
  const type = typeOf(stats);
  if (type === undefined) return;
  const inode = `${stats.dev}:${stats.ino}`;
  const firstName = type === 'file' && stats.nlink > 1 ? seen.get(inode) : undefined;
  if (type === 'file') seen.set(inode, firstName ?? name);
  const linkName = firstName ?? (type === 'symlink' ? readlinkSync(path, 'buffer').toString('latin1') : '');
  const hasContent = type === 'file' && firstName === undefined;
  yield {
    kind: 'entry',
    entry: {
      ...describe(name, stats),
      ...{
        type: firstName === undefined ? type : 'hardlink',
        linkName,
        sizeBytes: hasContent ? stats.size : 0,
      },
    },
  };
  if (hasContent) yield* packContent(path, stats.size);
  if (type !== 'directory') return;
  for (const child of readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare)) {
    const childPath = Buffer.concat([path, Buffer.from('/'), child]);
    const childName = `${name}/${child.toString('latin1')}`;
    if (skips(belowTop(childName), lstatSync(childPath).isDirectory())) continue;
    yield* packEntry({ path: childPath, name: childName, follow: false, skips, seen });
  }
}

/** A member's path from the source on, as text. */
function belowTop(name: string): string {
  return Buffer.from(name.slice(name.indexOf('/') + 1), 'latin1').toString();
}

/** Whole seconds are told, as by the stock client. */
function describe(name: string, { mode, uid, gid, mtimeMs, rdev }: Stats): TarEntry {
  const mtimeSeconds = Math.floor(mtimeMs / 1000);
  const device = { major: deviceMajor(rdev), minor: deviceMinor(rdev) };
  return { ...plainEntry(''), name, mode: mode & 0o7777, uid, gid, mtimeSeconds, ...device };
}

/** Exactly `size` bytes: a file that shrinks meanwhile is filled with zeros. */
function* packContent(path: Buffer, size: number): Generator<TarStreamItem, void> {
  const file = openSync(path, 'r');
  try {
    for (let left = size; left > 0; ) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, left));
      const got = readSync(file, chunk, 0, chunk.length, null);
      // A short read is no end.
      const piece = got === 0 ? chunk : chunk.subarray(0, got);
      left -= piece.length;
      yield { kind: 'content', piece };
    }
  } finally {
    closeSync(file);
  }
}

/** Sockets have no place in an archive. */
function typeOf(stats: Stats): TarType | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isFIFO()) return 'fifo';
  if (stats.isCharacterDevice()) return 'character';
  return stats.isBlockDevice() ? 'block' : undefined;
}

/** Linux's encoding of a device number. */
function deviceMajor(device: number): number {
  return Number((BigInt(device) >> 8n) & 0xfffn);
}

function deviceMinor(device: number): number {
  const number = BigInt(device);
  return Number((number & 0xffn) | ((number >> 12n) & 0xfff00n));
}

/** An archive of one file that belongs to root. */
export function packFile(
  { name, mode }: { readonly name: string; readonly mode: number },
  content: Uint8Array,
): AsyncGenerator<Uint8Array, void> {
  return encodeTar(
    (async function* () {
      yield { kind: 'entry', entry: { ...plainEntry(name), mode, sizeBytes: content.length } };
      yield { kind: 'content', piece: content };
    })(),
  );
}
