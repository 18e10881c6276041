import {
  type BigIntStats,
  constants,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { EngineError, unlessErrno } from '#base';
import { getXattr, listXattrs, ownDescriptor, splitDeviceNumber } from '#linux';
import {
  plainEntry,
  type TarEntry,
  type TarMembers,
  type TarStreamItem,
  type TarType,
  type TarXattr,
  toByteString,
} from '#oci';

import { holdInode, openNoFollow } from './held-inode.ts';
import { isMadeUp } from './made-up.ts';

const pieceBytes = 256 * 1024;
/** Files up to this length are read at once. */
const smallBytes = 32 * 1024;
/** After so many members everybody else in the daemon gets a turn. */
const membersPerTurn = 256;
/** No program can name what lies deeper. */
const longestName = 4095;

export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Looks at each member below the top first: others to put in its place, or undefined to take it as it is. */
  readonly replace?: ((place: WalkedPlace) => readonly TarEntry[] | undefined) | undefined;
  /** Where the member of a name is really, by a trusted path; undefined for where the walk has found it. */
  readonly elsewhere?: ((name: string) => Buffer | undefined) | undefined;
  /** Members that follow a directory before what is in it. */
  readonly within?: ((place: WalkedPlace) => readonly TarEntry[]) | undefined;
}

/** A member that the walk has come to. */
export interface WalkedPlace {
  /** A path of this process, as bytes, for not every name is a text; its last element is not to be followed. */
  readonly path: Buffer;
  /** Its name in the archive, a byte string. */
  readonly name: string;
  readonly stats: BigIntStats;
}

/**
 * A file, or a directory and all below it, as the members of an archive, named from `name` on. No link is
 * followed, also when somebody puts links in the way meanwhile: a directory is read by its descriptor, a file is
 * opened by the inode that was looked at. What vanishes meanwhile is left out, and so is what is in the directories of
 * proc, sysfs and their like.
 * @param path whose last element is not followed
 */
export async function* walkTree(path: string, name: string, options: WalkOptions = {}): TarMembers {
  const stats = lstatSync(path, { bigint: true });
  yield* new TreeWalk(options).visit({ path: Buffer.from(path), name: toByteString(name), stats });
}

/** The same for what is in a directory, without the directory: names begin with its children's. */
export async function* walkChildren(directory: string, options: WalkOptions = {}): TarMembers {
  yield* new TreeWalk(options).children(Buffer.from(`${directory}/.`), '');
}

class TreeWalk {
  readonly #options: WalkOptions;
  /** First names of files that have several, by inode. */
  readonly #firstNames = new Map<string, string>();
  /** Which of the file systems on the way the kernel makes up, by device. */
  readonly #madeUp = new Map<bigint, boolean>();
  #members = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
  }

  async *visit(place: WalkedPlace): TarMembers {
    await this.#pause();
    const { path, name, stats } = place;
    const type = typeOf(stats);
    if (type === undefined) return;
    if (name.length > longestName)
      throw new EngineError('invalid', `file name too long: ${name.slice(0, 256)}…`);
    const first = this.#firstNameOf(stats, name);
    if (first === undefined && type === 'file') return yield* readFile(place);
    const entry = ifThere(() => describe(path, name, type, stats));
    if (entry === undefined) return;
    const link = first === undefined ? {} : ({ type: 'hardlink', linkName: first, sizeBytes: 0 } as const);
    yield { kind: 'entry', entry: { ...entry, ...link } };
    if (type === 'directory') yield* this.#inside(place);
  }

  async *children(directory: Buffer, prefix: string): TarMembers {
    using opened = ifThere(() => openNoFollow(directory, constants.O_RDONLY | constants.O_DIRECTORY));
    if (opened === undefined) return;
    // Also one that is open has no list any more when it was removed.
    const children = ifThere(() => readdirSync(opened.path, { encoding: 'buffer' })) ?? [];
    for (const child of children.sort(Buffer.compare)) {
      const name = prefix + child.toString('latin1');
      const path = this.#options.elsewhere?.(name) ?? Buffer.concat([Buffer.from(`${opened.path}/`), child]);
      const stats = ifThere(() => lstatSync(path, { bigint: true }));
      if (stats === undefined) continue;
      const place = { path, name, stats };
      const others = this.#options.replace?.(place);
      if (others === undefined) yield* this.visit(place);
      else yield* asItems(others);
    }
  }

  async *#inside(place: WalkedPlace): TarMembers {
    yield* asItems(this.#options.within?.(place) ?? []);
    if (this.#isMadeUp(place)) return;
    yield* this.children(place.path, `${place.name}/`);
  }

  #isMadeUp({ path, stats }: WalkedPlace): boolean {
    const isMade = this.#madeUp.get(stats.dev) ?? ifThere(() => isMadeUp(path)) ?? false;
    this.#madeUp.set(stats.dev, isMade);
    return isMade;
  }

  async #pause(): Promise<void> {
    this.#options.signal?.throwIfAborted();
    this.#members += 1;
    if (this.#members % membersPerTurn === 0) await setImmediate();
  }

  #firstNameOf(stats: BigIntStats, name: string): string | undefined {
    if (stats.isDirectory() || stats.nlink < 2n) return undefined;
    const key = `${stats.dev}:${stats.ino}`;
    const first = this.#firstNames.get(key);
    if (first === undefined) this.#firstNames.set(key, name);
    return first;
  }
}

function* asItems(entries: readonly TarEntry[]): Generator<TarStreamItem> {
  for (const entry of entries) yield { kind: 'entry', entry };
}

/** Undefined when what was there a moment ago is not there now, or is of another kind. */
function ifThere<T>(look: () => T): T | undefined {
  return unlessErrno(['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL'], look);
}

async function* readFile({ path, name }: WalkedPlace): AsyncGenerator<TarStreamItem> {
  using held = ifThere(() => holdInode(path));
  if (held === undefined) return;
  const stats = statSync(held.path, { bigint: true });
  const entry = stats.isFile() ? ifThere(() => describe(path, name, 'file', stats)) : undefined;
  if (entry === undefined) return;
  yield { kind: 'entry', entry };
  if (entry.sizeBytes > smallBytes) yield* readLarge(held.path, entry.sizeBytes);
  else if (entry.sizeBytes > 0) yield { kind: 'content', piece: readSmall(held.path, entry.sizeBytes) };
}

/** In one go: to wait for another thread would take longer than to read. */
function readSmall(path: string, sizeBytes: number): Buffer {
  using file = ownDescriptor(openSync(path, constants.O_RDONLY));
  const content = Buffer.alloc(sizeBytes);
  for (let at = 0; at < sizeBytes; ) {
    const bytesRead = readSync(file.fd, content, at, sizeBytes - at, null);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return content;
}

async function* readLarge(path: string, sizeBytes: number): AsyncGenerator<TarStreamItem> {
  await using file = await open(path, constants.O_RDONLY);
  for (let left = sizeBytes; left > 0; ) {
    const buffer = Buffer.allocUnsafe(Math.min(left, pieceBytes));
    const { bytesRead } = await file.read(buffer, 0, buffer.length);
    // A file that shrinks while it is read is filled up: its length is told already.
    const piece = bytesRead === 0 ? buffer.fill(0) : buffer.subarray(0, bytesRead);
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

function describe(path: Buffer, name: string, type: TarType, stats: BigIntStats): TarEntry {
  const nsPerSecond = 1_000_000_000n;
  const isDevice = type === 'character' || type === 'block';
  return {
    ...plainEntry(''),
    name,
    type,
    linkName: type === 'symlink' ? readlinkSync(path, 'latin1') : '',
    mode: Number(stats.mode & 0o7777n),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    mtimeSeconds: Number(stats.mtimeNs / nsPerSecond),
    mtimeNanos: Number(stats.mtimeNs % nsPerSecond),
    ...(isDevice ? splitDeviceNumber(Number(stats.rdev)) : {}),
    xattrs: type === 'file' || type === 'directory' ? xattrsOf(path.toString()) : [],
    sizeBytes: type === 'file' ? Number(stats.size) : 0,
    storedBytes: type === 'file' ? Number(stats.size) : 0,
  };
}

/** File capabilities and users' own; all others belong to the host or to overlayfs. */
function xattrsOf(path: string): TarXattr[] {
  const names = listed(path).filter((name) => name === 'security.capability' || name.startsWith('user.'));
  return names.flatMap((name) => {
    const value = getXattr(path, name);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** No file system has to keep attributes; of a file whose name is no text they are not read. */
function listed(path: string): string[] {
  return unlessErrno(['EOPNOTSUPP', 'ENOTSUP', 'ENOENT'], () => listXattrs(path)) ?? [];
}
