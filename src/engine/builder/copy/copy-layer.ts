import { posix } from 'node:path';
import { fromByteString, plainEntry, type TarEntry, type TarMembers } from '#oci';
import { Destination, type Made, memberName } from './destination.ts';
import { parseMode } from './mode.ts';
import { type Selection, select, selectedMembers, type Wanted } from './selection.ts';
import { tryOpenArchive } from './unpack.ts';

/** A copy with all that it needs known: where its files are, and whom they will belong to. */
export interface ReadyCopy extends Wanted {
  readonly kind: 'copy';
  /** The tree that the source is in, as a path of this process. */
  readonly tree: string;
  /** Its files are root's unless an owner is given, whoever has them there. */
  readonly ownerless: boolean;
  readonly destination: string;
  readonly unpack: boolean;
  readonly owner: Owner | undefined;
  readonly mode: string | undefined;
}

export interface ReadyFile {
  readonly kind: 'file';
  readonly path: string;
  readonly content: Uint8Array;
  readonly owner: Owner | undefined;
  readonly mode: string | undefined;
}

export interface ReadyDirectory {
  readonly kind: 'directory';
  readonly path: string;
  readonly owner: Owner | undefined;
  readonly mode: string | undefined;
}

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export type ReadyAction = ReadyCopy | ReadyFile | ReadyDirectory;

export interface LayerOptions {
  /** The root that is written to, as a path of this process; undefined for a layer that depends on none. */
  readonly root: string | undefined;
  /** Of directories that are made: seconds since 1970. */
  readonly timeSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * The layer that a step's actions make, in their order: never more than one file of it is held.
 * @throws EngineError, for sources and destinations that don't go together
 */
export async function* copyLayer(actions: readonly ReadyAction[], options: LayerOptions): TarMembers {
  const writer = new LayerWriter(options);
  for (const action of actions) yield* writer.run(action);
}

class LayerWriter {
  readonly #destination: Destination;
  readonly #options: LayerOptions;

  constructor(options: LayerOptions) {
    this.#options = options;
    this.#destination = new Destination(options.root);
  }

  async *run(action: ReadyAction): TarMembers {
    switch (action.kind) {
      case 'directory':
        return yield* this.#directory(action);
      case 'file':
        return yield* this.#file(action);
      case 'copy':
        for (const selection of select(action.tree, action)) yield* this.#copy(action, selection);
    }
  }

  *#directory({ path, owner, mode }: ReadyDirectory) {
    const place = this.#destination.resolve(path);
    if (this.#destination.typeOf(place) === 'directory') return;
    const rights = mode === undefined ? 0o755 : parseMode(mode)({ mode: 0o755, isDirectory: true });
    yield* this.#destination.directories(place, this.#made(owner), rights);
  }

  *#file({ path, content, owner, mode = '0644' }: ReadyFile) {
    const place = this.#destination.resolve(path);
    yield* this.#destination.directories(posix.dirname(place), this.#made(owner));
    const entry: TarEntry = {
      ...plainEntry(''),
      ...this.#made(owner),
      mode: parseMode(mode)({ mode: 0o644, isDirectory: false }),
      sizeBytes: content.length,
      storedBytes: content.length,
    };
    yield this.#destination.write(place, entry);
    if (content.length > 0) yield { kind: 'content' as const, piece: content };
  }

  async *#copy(action: ReadyCopy, selection: Selection): TarMembers {
    const around = posix.join(action.destination, selection.around, '/');
    const wished = selection.around === '' ? action.destination : around;
    const archive =
      action.unpack && !selection.isDirectory ? await tryOpenArchive(selection.path) : undefined;
    // What is in an archive has the rights that the archive says, and belongs to whom it says unless told otherwise.
    if (archive !== undefined)
      return yield* this.#into({ ...action, ownerless: false, mode: undefined }, wished, archive);
    const { signal } = this.#options;
    if (selection.isDirectory) {
      yield* this.#topDirectory(action, wished);
      return yield* this.#members(action, wished, selectedMembers(selection, action.excludes, signal));
    }
    const members = selectedMembers(selection, action.excludes, signal);
    if (this.#isDirectory(wished)) yield* this.#into(action, wished, members);
    else yield* this.#renamed(action, wished, members);
  }

  /** Members go into a directory by their own names. */
  async *#into(action: ReadyCopy, directory: string, members: TarMembers): TarMembers {
    yield* this.#destination.directories(this.#destination.resolve(directory), this.#made(action.owner));
    yield* this.#members(action, directory, members);
  }

  /** One file gets the name of the destination. */
  async *#renamed(action: ReadyCopy, path: string, members: TarMembers): TarMembers {
    const place = this.#destination.resolve(path);
    yield* this.#destination.directories(posix.dirname(place), this.#made(action.owner));
    for await (const item of members) {
      yield item.kind === 'content'
        ? item
        : this.#destination.write(place, this.#changed(action, item.entry));
    }
  }

  /** It has nothing of the source's own: what is in that is copied, not the directory. */
  *#topDirectory({ owner, mode }: ReadyCopy, wished: string) {
    const place = this.#destination.resolve(wished);
    const isNew = this.#destination.typeOf(place) !== 'directory';
    const rights =
      isNew && mode !== undefined ? parseMode(mode)({ mode: 0o755, isDirectory: true }) : undefined;
    yield* this.#destination.directories(place, this.#made(owner), rights);
  }

  async *#members(action: ReadyCopy, directory: string, members: TarMembers): TarMembers {
    const top = this.#destination.resolve(directory);
    const placeOf = (name: string) => posix.join(top, posix.resolve('/', fromByteString(name)));
    for await (const item of members) {
      if (item.kind === 'content') {
        yield item;
        continue;
      }
      const { entry } = item;
      const place = placeOf(entry.name);
      if (place === top || entry.type === 'other') continue;
      // Of an archive that has not all of its directories.
      yield* this.#destination.directories(posix.dirname(place), this.#made(undefined));
      const linkName = entry.type === 'hardlink' ? memberName(placeOf(entry.linkName)) : entry.linkName;
      yield this.#destination.write(place, this.#changed(action, { ...entry, linkName }));
    }
  }

  #isDirectory(path: string): boolean {
    return path.endsWith('/') || this.#destination.typeOf(this.#destination.resolve(path)) === 'directory';
  }

  #changed({ owner, ownerless, mode }: ReadyCopy, entry: TarEntry): TarEntry {
    const root = { uid: 0, gid: 0 };
    const isDirectory = entry.type === 'directory';
    const isLink = entry.type === 'symlink' || entry.type === 'hardlink';
    return {
      ...entry,
      ...(owner ?? (ownerless ? root : undefined)),
      ...(mode !== undefined && !isLink && { mode: parseMode(mode)({ mode: entry.mode, isDirectory }) }),
    };
  }

  #made(owner: Owner | undefined): Made {
    return { uid: owner?.uid ?? 0, gid: owner?.gid ?? 0, mtimeSeconds: this.#options.timeSeconds };
  }
}
