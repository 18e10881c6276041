import { constants } from 'node:fs';
import { type FileHandle, link, lstat, mkdir, open, symlink } from 'node:fs/promises';
import { posix } from 'node:path';
import { EngineError, errnoOf, undefinedFor } from '#base';
import { makeNode, type OpenDescriptor, openConfined, openPathOnly } from '#linux';
import { fromByteString, type TarEntry, type TarMembers, toByteString } from '#oci';
import { applyAttributes, type Owner } from './attributes.ts';
import { cloneFile } from './clone-file.ts';
import { FileContent } from './file-content.ts';
import { removeTree } from './remove-tree.ts';

/** Where members are written: a directory below a root that no member leads out of. */
export interface Target {
  readonly root: OpenDescriptor;
  /** Absolute, seen from the root. */
  readonly path: string;
}

export interface WriteOptions {
  /** Refuses to put a directory where another file is, or the other way round. */
  readonly noOverwriteDirNonDir?: boolean | undefined;
  /** A file that is to be this member, by another name: it is linked, and nothing of it is written. */
  readonly twinOf?: ((entry: TarEntry) => Buffer | undefined) | undefined;
  /** Absent: whom the archive names. */
  readonly owner?: Owner | undefined;
}

/**
 * Makes the files that the members describe, over what is there.
 * @throws EngineError invalid, for a member that has no place among what is there
 */
export async function writeMembers(
  members: TarMembers,
  target: Target,
  options: WriteOptions,
): Promise<void> {
  await using writer = new MemberWriter(target, options);
  for await (const item of members) {
    if (item.kind === 'content') await writer.content(item.piece);
    else await writer.entry(item.entry);
  }
  await writer.finish();
}

/** A member's place: a descriptor of its directory, and a path of this process below it. */
interface MemberPlace extends Disposable {
  /** As bytes, for not every name is a text. */
  readonly path: Buffer;
}

interface OpenFile {
  readonly file: FileHandle;
  readonly content: FileContent;
  readonly place: MemberPlace;
  readonly entry: TarEntry;
}

/** Makes files one after the other; to be disposed of. */
export class MemberWriter implements AsyncDisposable {
  readonly #target: Target;
  readonly #options: WriteOptions;
  /** Times of directories are set last: what is made in them changes them. */
  readonly #directories: TarEntry[] = [];
  #open: OpenFile | undefined;

  constructor(target: Target, options: WriteOptions) {
    this.#target = target;
    this.#options = options;
  }

  async entry(entry: TarEntry): Promise<void> {
    await this.#finishFile();
    try {
      await this.#write(entry);
    } catch (cause) {
      throw entryError(cause, entry);
    }
  }

  async #write(entry: TarEntry): Promise<void> {
    // The target itself is there already, and what other kinds there are no file system has.
    if (entry.type === 'other' || pathBelow(entry.name) === '/') return;
    using cleanup = new DisposableStack();
    const place = cleanup.use(await this.#place(entry.name));
    await this.#makeRoom(place.path, entry);
    const twin = entry.type === 'file' ? this.#options.twinOf?.(entry) : undefined;
    if (twin !== undefined) {
      await link(twin, place.path);
      return;
    }
    if (entry.type === 'file') {
      await this.#openFile(place, entry);
      cleanup.move();
      return;
    }
    await this.#make(place.path, entry);
    if (entry.type === 'directory') this.#directories.push(entry);
    else if (entry.type !== 'hardlink') applyAttributes(place.path, entry, this.#options.owner);
  }

  async content(piece: Uint8Array): Promise<void> {
    await this.#open?.content.write(piece);
  }

  /** Whether the latest entry is a file that waits for its bytes. */
  get expectsContent(): boolean {
    return this.#open !== undefined;
  }

  /**
   * Gives the file that waits for its bytes those of another one, with which it shares its blocks.
   * @returns false when the file system has no such thing
   */
  async clone(path: string): Promise<boolean> {
    return this.#open !== undefined && (await cloneFile(path, `/proc/self/fd/${this.#open.file.fd}`));
  }

  async finish(): Promise<void> {
    await this.#finishFile();
    for (const entry of this.#directories.reverse()) {
      using place = await this.#place(entry.name);
      applyAttributes(place.path, entry, this.#options.owner);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    open?.place[Symbol.dispose]();
    await open?.file.close();
  }

  async #openFile(place: MemberPlace, entry: TarEntry): Promise<void> {
    const file = await open(place.path, 'wx', 0o600);
    try {
      this.#open = { file, content: await FileContent.begin(file, entry), place, entry };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #finishFile(): Promise<void> {
    if (this.#open === undefined) return;
    const { place, entry } = this.#open;
    applyAttributes(place.path, entry, this.#options.owner);
    await this[Symbol.asyncDispose]();
  }

  /** Finds where a member goes and makes the directories that are missing on the way. */
  async #place(name: string): Promise<MemberPlace> {
    const path = pathBelow(name);
    const parent = await this.#openDirectory(posix.dirname(path));
    return {
      path: childOf(parent, path),
      [Symbol.dispose]: () => parent[Symbol.dispose](),
    };
  }

  /** @param path a byte string, absolute, seen from the target */
  async #openDirectory(path: string): Promise<OpenDescriptor> {
    const request = {
      directory: this.#target.root.fd,
      path: bytesOf(posix.join(toByteString(this.#target.path), path)),
      flags: openPathOnly | constants.O_DIRECTORY,
    };
    try {
      return openConfined(request);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT' || path === '/') throw error;
      using parent = await this.#openDirectory(posix.dirname(path));
      await mkdir(childOf(parent, path), { mode: 0o755 });
      return openConfined(request);
    }
  }

  /** Removes what is in the way; a directory takes over one that is there. */
  async #makeRoom(path: Buffer, entry: TarEntry): Promise<void> {
    const present = await lstat(path).catch(undefinedFor('ENOENT'));
    if (present === undefined) return;
    const areDirectories = [present.isDirectory(), entry.type === 'directory'] as const;
    if (areDirectories[0] && areDirectories[1]) return;
    if (this.#options.noOverwriteDirNonDir && areDirectories[0] !== areDirectories[1]) {
      const [old, young] = areDirectories.map((is) => (is ? 'directory' : 'non-directory'));
      throw new EngineError(
        'invalid',
        `cannot overwrite ${old} "${fromByteString(entry.name).replace(/\/$/, '')}" with ${young} "${this.#target.path}"`,
      );
    }
    await removeTree(path);
  }

  async #make(path: Buffer, entry: TarEntry): Promise<void> {
    switch (entry.type) {
      case 'directory':
        await mkdir(path, { mode: 0o700 }).catch(undefinedFor('EEXIST'));
        break;
      case 'symlink':
        await symlink(bytesOf(entry.linkName), path);
        break;
      case 'hardlink':
        await this.#link(path, entry.linkName);
        break;
      case 'character':
      case 'block':
      case 'fifo':
        makeNode({ path, type: entry.type, mode: 0, major: entry.major, minor: entry.minor });
        break;
    }
  }

  async #link(path: Buffer, linkName: string): Promise<void> {
    using first = await this.#place(linkName);
    await link(first.path, path);
  }
}

const misplaced = [
  'EEXIST',
  'EFBIG',
  'EISDIR',
  'ELOOP',
  'ENAMETOOLONG',
  'ENOENT',
  'ENOTDIR',
  'ENOTEMPTY',
  'EXDEV',
];

/** Of a member that fits nowhere the archive is to blame, or whoever changes the place meanwhile. */
function entryError(cause: unknown, { name }: TarEntry): unknown {
  const code = errnoOf(cause) ?? '';
  if (!misplaced.includes(code)) return cause;
  return new EngineError('invalid', `cannot write "${fromByteString(name.slice(0, 255))}": ${code}`, {
    cause,
  });
}

/** A member's path seen from the target, a byte string: `..` and a leading slash do not lead above it. */
function pathBelow(name: string): string {
  return posix.resolve('/', name);
}

/** The place of a path's last element in its directory. */
function childOf(directory: OpenDescriptor, path: string): Buffer {
  return bytesOf(`${directory.path}/${posix.basename(path)}`);
}

function bytesOf(byteString: string): Buffer {
  return Buffer.from(byteString, 'latin1');
}
