import type { TarEntry, TarSink } from '#oci';
import { toNode } from './entry-node.ts';
import { type DirectoryNode, impliedDirectory, type LayerNode, whiteout } from './node.ts';
import { outside, refused, splitPath } from './path.ts';

const whiteoutPrefix = '.wh.';
const opaqueMark = '.wh..wh..opq';
const housekeepingPrefix = '.wh..wh.';
const symlinkHopLimit = 40;
/** Small archives can describe more files than memory holds: a layer of two million files is about this heavy. */
const weightLimit = 512 << 20;
const entryWeight = 256;
const extentWeight = 64;

/**
 * The files of one layer, built from the entries of its tar. Entries only ever reach directories of the layer
 * itself: symbolic links on the way are followed inside it, and whatever would lead out is refused.
 */
export class LayerTree implements TarSink {
  readonly root: DirectoryNode = impliedDirectory();
  /** The directory that the latest entry was in: most entries come directory by directory. */
  #latest = { path: '', directory: this.root };
  #weight = 0;

  /** About how many bytes of memory its description takes. */
  get weight(): number {
    return this.#weight;
  }

  /** @throws EngineError invalid, for an entry that no layer may have */
  entry(entry: TarEntry): void {
    this.#weigh(entry);
    const names = splitPath(entry.name);
    const name = names.pop();
    if (name === undefined) this.#describeRoot(entry);
    else if (!isHousekeeping([...names, name])) this.#insert(entry, names, name);
  }

  #weigh({ name, linkName, xattrs, extents }: TarEntry): void {
    this.#weight += entryWeight + name.length + linkName.length + (extents?.length ?? 0) * extentWeight;
    for (const xattr of xattrs) this.#weight += xattr.name.length + xattr.value.length;
    if (this.#weight > weightLimit) throw refused(name, 'the layer has too many files');
  }

  #describeRoot(entry: TarEntry): void {
    if (entry.type !== 'directory') throw refused(entry.name, 'the root of a layer must be a directory');
    describe(this.root, toNode(entry));
  }

  #insert(entry: TarEntry, parents: string[], name: string): void {
    const directory = this.#directory(parents, entry.name);
    if (name === opaqueMark) directory.opaque = true;
    else if (name.startsWith(whiteoutPrefix)) this.#hide(directory, name.slice(whiteoutPrefix.length), entry);
    else if (entry.type === 'hardlink') this.#link(entry, directory, name);
    else this.#put(directory, name, toNode(entry));
  }

  /** A layer never hides its own files: of a directory that it has itself only the lower ones' content goes. */
  #hide(directory: DirectoryNode, name: string, entry: TarEntry): void {
    if (name === '' || name === '.' || name === '..') throw refused(entry.name, 'names nothing to hide');
    const own = directory.children.get(name);
    if (own === undefined) directory.children.set(name, whiteout());
    else if (own.kind === 'directory') own.opaque = true;
  }

  #link(entry: TarEntry, directory: DirectoryNode, name: string): void {
    const target = this.#find(entry.linkName);
    if (target === undefined || target.kind === 'directory' || target.kind === 'whiteout') {
      throw refused(
        entry.name,
        `hard link to ${JSON.stringify(entry.linkName)}, which the layer does not have`,
      );
    }
    this.#put(directory, name, target);
  }

  #put(directory: DirectoryNode, name: string, node: LayerNode): void {
    const old = directory.children.get(name);
    if (old?.kind === 'directory' && node.kind === 'directory') {
      describe(old, node);
      return;
    }
    if (old?.kind === 'directory') this.#forgetLatest();
    if (old?.kind === 'whiteout' && node.kind === 'directory') node.opaque = true;
    directory.children.set(name, node);
  }

  /** The directory at `names`; what is missing on the way is made. */
  #directory(names: readonly string[], path: string): DirectoryNode {
    const key = names.join('/');
    if (key === this.#latest.path) return this.#latest.directory;
    const directory = this.#walk(names, path, (parent, name, found) => {
      if (found !== undefined && found.kind !== 'whiteout') throw refused(path, `${name} is not a directory`);
      const made = impliedDirectory(parent);
      this.#put(parent, name, made);
      return made;
    });
    if (directory === undefined) throw refused(path, 'has no directory');
    this.#latest = { path: key, directory };
    return directory;
  }

  #find(path: string): LayerNode | undefined {
    const names = splitPath(path);
    const name = names.pop();
    if (name === undefined) return this.root;
    return this.#walk(names, path, () => undefined)?.children.get(name);
  }

  /** Walks down from the root and through symbolic links; `missing` answers for what is not a directory. */
  #walk(
    names: readonly string[],
    path: string,
    missing: (parent: DirectoryNode, name: string, found: LayerNode | undefined) => DirectoryNode | undefined,
  ): DirectoryNode | undefined {
    let trail: DirectoryNode[] = [this.root];
    const ahead = names.toReversed();
    for (let hops = 0, name = ahead.pop(); name !== undefined; name = ahead.pop()) {
      const parent = trail.at(-1) ?? this.root;
      const found = parent.children.get(name);
      if (name === '..') {
        if (trail.length === 1) throw outside(path);
        trail.pop();
      } else if (found?.kind === 'symlink') {
        if (++hops > symlinkHopLimit) throw refused(path, 'too many levels of symbolic links');
        if (found.target.startsWith('/')) trail = [this.root];
        ahead.push(...linkNames(found.target).reverse());
      } else {
        const next = found?.kind === 'directory' ? found : missing(parent, name, found);
        if (next === undefined) return undefined;
        trail.push(next);
      }
    }
    return trail.at(-1);
  }

  #forgetLatest(): void {
    this.#latest = { path: '', directory: this.root };
  }
}

function linkNames(target: string): string[] {
  return target.split('/').filter((part) => part !== '' && part !== '.');
}

/** aufs left files of its own in old layers. */
function isHousekeeping(names: readonly string[]): boolean {
  return names.some((name) => name.startsWith(housekeepingPrefix) && name !== opaqueMark);
}

function describe(directory: DirectoryNode, from: LayerNode): void {
  const { mode, uid, gid, mtimeSeconds, mtimeNanos, xattrs } = from;
  Object.assign(directory, { mode, uid, gid, mtimeSeconds, mtimeNanos, xattrs, implied: false });
}
