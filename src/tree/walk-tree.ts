import { type BigIntStats, constants, lstatSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { EngineError, unlessErrno } from '#base';
import { getXattr, listXattrs, splitDeviceNumber } from '#linux';
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
import { asSparse, readContent } from './read-file.ts';

/** After so many members everybody else in the daemon gets a turn. */
const membersPerTurn = 256;
const statBlockBytes = 512n;
/** No program can name what lies deeper. */
const longestName = 4095;

export interface WalkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Looks at each member below the top first: others to put in its place, or undefined to take it as it is. */
  readonly replace?: ((place: WalkedPlace) => readonly TarEntry[] | undefined) | undefined;
  /** Where the member of a name is really, by a trusted path; undefined for where the walk has found it. */
  readonly elsewhere?: ((name: string) => Buffer | undefined) | undefined;
  /** Whether files with holes are told as sparse ones, which not every program reads. */
  readonly sparse?: boolean | undefined;
  /** Which extended attributes are told; absent: file capabilities and users' own. */
  readonly keepsXattr?: ((name: string) => boolean) | undefined;
  /** Attributes that a file is told to have besides its own. */
  readonly addXattrs?: ((stats: BigIntStats) => readonly TarXattr[]) | undefined;
  /** Asked, when a file has been told, whether somebody takes its bytes by a path: else they follow. */
  readonly takeFile?: ((path: string) => Promise<boolean>) | undefined;
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

/** File capabilities and users' own; all others belong to the host or to overlayfs. */
export function isOwnXattr(name: string): boolean {
  return name === 'security.capability' || name.startsWith('user.');
}

/** What a directory itself is, as a member of no name. @param path whose last element is followed */
export function describeDirectory(path: string, options: WalkOptions = {}): TarEntry {
  const place = { path: Buffer.from(`${path}/.`), name: '', stats: lstatSync(`${path}/.`, { bigint: true }) };
  return describe(place, 'directory', options);
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
    const { name, stats } = place;
    const type = typeOf(stats);
    if (type === undefined) return;
    if (name.length > longestName)
      throw new EngineError('invalid', `file name too long: ${name.slice(0, 256)}…`);
    const first = this.#firstNameOf(stats, name);
    if (first === undefined && type === 'file') return yield* readFile(place, this.#options);
    const entry = ifThere(() => describe(place, type, this.#options));
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

async function* readFile({ path, name }: WalkedPlace, options: WalkOptions): AsyncGenerator<TarStreamItem> {
  using held = ifThere(() => holdInode(path));
  if (held === undefined) return;
  const stats = statSync(held.path, { bigint: true });
  const entry = stats.isFile() ? ifThere(() => describe({ path, name, stats }, 'file', options)) : undefined;
  if (entry === undefined) return;
  const hasHoles = options.sparse && stats.blocks * statBlockBytes < stats.size;
  const stored = hasHoles ? asSparse(held.path, entry) : entry;
  yield { kind: 'entry', entry: stored };
  if (!(await options.takeFile?.(held.path))) yield* readContent(held.path, stored);
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

function describe({ path, name, stats }: WalkedPlace, type: TarType, options: WalkOptions): TarEntry {
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
    xattrs: [
      ...(mayHaveXattrs(type, options) ? xattrsOf(path, options) : []),
      ...(type === 'file' ? (options.addXattrs?.(stats) ?? []) : []),
    ],
    sizeBytes: type === 'file' ? Number(stats.size) : 0,
    storedBytes: type === 'file' ? Number(stats.size) : 0,
  };
}

/** Those that are told usually only files and directories can have. */
function mayHaveXattrs(type: TarType, { keepsXattr }: WalkOptions): boolean {
  return keepsXattr !== undefined || type === 'file' || type === 'directory';
}

function xattrsOf(path: Buffer, { keepsXattr = isOwnXattr }: WalkOptions): TarXattr[] {
  const names = listed(path).filter(keepsXattr);
  return names.flatMap((name) => {
    const value = getXattr(path, name);
    return value === undefined ? [] : [{ name, value }];
  });
}

/** No file system has to keep attributes. */
function listed(path: Buffer): string[] {
  return unlessErrno(['EOPNOTSUPP', 'ENOTSUP', 'ENOENT'], () => listXattrs(path)) ?? [];
}
