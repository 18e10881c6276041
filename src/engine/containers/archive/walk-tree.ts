import { type BigIntStats, constants, lstatSync, readdirSync, readlinkSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { getXattr, openConfined } from '#linux';
import type { TarEntry, TarStreamItem, TarType, TarXattr } from '#oci';
import { splitNumber } from '../lifecycle/host-devices.ts';
import { type Members, plainEntry, toByteString } from './member.ts';

const pieceBytes = 256 * 1024;
const fileCapabilities = 'security.capability';

/**
 * A file, or a directory and all below it, as the members of an archive, named from `name` on. No link is
 * followed: every directory is opened by its descriptor before it is read.
 * @param path whose last element is not followed
 */
export async function* walkTree(path: string, name: string, signal?: AbortSignal): Members {
  yield* new TreeWalk(signal).visit(path, name);
}

class TreeWalk {
  readonly #signal: AbortSignal | undefined;
  /** First names of files that have several, by inode. */
  readonly #firstNames = new Map<string, string>();

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  async *visit(path: string, name: string): Members {
    this.#signal?.throwIfAborted();
    const stats = lstatSync(path, { bigint: true });
    const type = typeOf(stats);
    if (type === undefined) return;
    const entry = describe(path, name, type, stats);
    const first = this.#firstNameOf(stats, name);
    if (first !== undefined) {
      yield {
        kind: 'entry',
        entry: { ...entry, type: 'hardlink', linkName: toByteString(first), sizeBytes: 0 },
      };
    } else if (type === 'file') {
      yield* readFile(path, entry);
    } else {
      yield { kind: 'entry', entry };
      if (type === 'directory') yield* this.#children(path, name);
    }
  }

  async *#children(path: string, name: string): Members {
    using directory = openConfined({
      directory: currentDirectory,
      path,
      flags: constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW,
      resolve: 0,
    });
    for (const child of readdirSync(directory.path).sort()) {
      yield* this.visit(`${directory.path}/${child}`, `${name}/${child}`);
    }
  }

  #firstNameOf(stats: BigIntStats, name: string): string | undefined {
    if (stats.isDirectory() || stats.nlink < 2n) return undefined;
    const key = `${stats.dev}:${stats.ino}`;
    const first = this.#firstNames.get(key);
    if (first === undefined) this.#firstNames.set(key, name);
    return first;
  }
}

const currentDirectory = -100;

async function* readFile(path: string, entry: TarEntry): AsyncGenerator<TarStreamItem> {
  await using file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  yield { kind: 'entry', entry };
  const buffer = Buffer.allocUnsafe(pieceBytes);
  let left = entry.sizeBytes;
  while (left > 0) {
    const { bytesRead } = await file.read(buffer, 0, Math.min(left, pieceBytes));
    // A file that shrinks while it is read is filled up: its length is told already.
    const piece =
      bytesRead === 0
        ? buffer.fill(0).subarray(0, Math.min(left, pieceBytes))
        : buffer.subarray(0, bytesRead);
    left -= piece.length;
    yield { kind: 'content', piece };
  }
}

function typeOf(stats: BigIntStats): TarType | undefined {
  if (stats.isFile()) return 'file';
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'symlink';
  if (stats.isCharacterDevice()) return 'character';
  if (stats.isBlockDevice()) return 'block';
  // A socket has no form in an archive.
  return stats.isFIFO() ? 'fifo' : undefined;
}

function describe(path: string, name: string, type: TarType, stats: BigIntStats): TarEntry {
  const nsPerSecond = 1_000_000_000n;
  const isDevice = type === 'character' || type === 'block';
  return {
    ...plainEntry(name),
    type,
    linkName: type === 'symlink' ? readlinkSync(path, 'latin1') : '',
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtimeSeconds: Number(stats.mtimeNs / nsPerSecond),
    mtimeNanos: Number(stats.mtimeNs % nsPerSecond),
    ...(isDevice ? splitNumber(Number(stats.rdev)) : {}),
    xattrs: type === 'file' ? capabilitiesOf(path) : [],
    sizeBytes: type === 'file' ? Number(stats.size) : 0,
    storedBytes: type === 'file' ? Number(stats.size) : 0,
  };
}

/** The one attribute that every file system keeps and programs need. */
function capabilitiesOf(path: string): TarXattr[] {
  const value = getXattr(path, fileCapabilities);
  return value === undefined ? [] : [{ name: fileCapabilities, value }];
}
