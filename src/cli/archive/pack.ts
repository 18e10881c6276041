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
import type { TarType } from '#oci';
import { blockBytes, encodeHeader, type MemberHeader, paddingOf } from './header.ts';

const chunkBytes = 256 << 10;

export interface PackOptions {
  /** The name of the first member; what lies below it follows. */
  readonly name: string;
  /** The source itself is followed when it is a symbolic link. */
  readonly follow: boolean;
}

/** A file or directory as a tar stream, in order of names; a second name of a file becomes a hard link. */
export async function* packTree(
  path: string,
  { name, follow }: PackOptions,
): AsyncGenerator<Uint8Array, void> {
  const seen = new Map<string, string>();
  yield* packEntry({ path: Buffer.from(path), name: byteString(name), follow, seen });
  yield new Uint8Array(2 * blockBytes);
}

interface Entry {
  readonly path: Buffer;
  readonly name: string;
  readonly follow: boolean;
  readonly seen: Map<string, string>;
}

function* packEntry({ path, name, follow, seen }: Entry): Generator<Uint8Array, void> {
  const stats = follow ? statSync(path) : lstatSync(path);
  const type = typeOf(stats);
  if (type === undefined) return;
  const inode = `${stats.dev}:${stats.ino}`;
  const firstName = type === 'file' && stats.nlink > 1 ? seen.get(inode) : undefined;
  if (type === 'file') seen.set(inode, firstName ?? name);
  yield encodeHeader({
    type: firstName === undefined ? type : 'hardlink',
    name: type === 'directory' ? `${name}/` : name,
    linkName: firstName ?? (type === 'symlink' ? readlinkSync(path, 'buffer').toString('latin1') : ''),
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
    mtimeSeconds: Math.floor(stats.mtimeMs / 1000),
    sizeBytes: type === 'file' && firstName === undefined ? stats.size : 0,
    major: deviceMajor(stats.rdev),
    minor: deviceMinor(stats.rdev),
  });
  if (type === 'file' && firstName === undefined) yield* packContent(path, stats.size);
  if (type !== 'directory') return;
  for (const child of readdirSync(path, { encoding: 'buffer' }).sort(Buffer.compare)) {
    const childPath = Buffer.concat([path, Buffer.from('/'), child]);
    yield* packEntry({ path: childPath, name: `${name}/${child.toString('latin1')}`, follow: false, seen });
  }
}

/** Exactly `size` bytes and their padding: a file that shrinks meanwhile is filled with zeros. */
function* packContent(path: Buffer, size: number): Generator<Uint8Array, void> {
  const file = openSync(path, 'r');
  try {
    for (let left = size; left > 0; ) {
      const chunk = Buffer.alloc(Math.min(chunkBytes, left));
      readSync(file, chunk, 0, chunk.length, null);
      left -= chunk.length;
      yield chunk;
    }
  } finally {
    closeSync(file);
  }
  if (paddingOf(size) > 0) yield new Uint8Array(paddingOf(size));
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

/** UTF-8 as a text of one character a byte, as the tar types want it. */
function byteString(text: string): string {
  return Buffer.from(text).toString('latin1');
}

/** An archive of one file that belongs to root. */
export function packFile(
  { name, mode }: Pick<MemberHeader, 'name' | 'mode'>,
  content: Uint8Array,
): Uint8Array {
  const nobody = { linkName: '', uid: 0, gid: 0, mtimeSeconds: 0, major: 0, minor: 0 };
  const header = encodeHeader({ ...nobody, type: 'file', name, mode, sizeBytes: content.length });
  return Buffer.concat([
    header,
    content,
    Buffer.alloc(paddingOf(content.length)),
    Buffer.alloc(2 * blockBytes),
  ]);
}
