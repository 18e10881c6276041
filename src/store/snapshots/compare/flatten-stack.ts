import { setImmediate } from 'node:timers/promises';
import { plainEntry, type TarEntry, type TarMembers, type TarStreamItem, type TarType } from '#oci';
import { modeType } from '../erofs/format.ts';
import { type IndexInode, isFile, isSymlink } from '../erofs/index-reader.ts';
import { isOverlayXattr } from '../erofs/xattrs.ts';
import type { OpenLayer } from './open-layer.ts';
import { PartReader } from './part-reader.ts';
import { list, type Part, rootOf, type Seen } from './stack.ts';

const pieceBytes = 256 * 1024;
/** Other work gets its turn after so many files. */
const turnFiles = 250;
const usualRootMode = 0o755;
const typeBits = 0xf000;

const types: Readonly<Record<number, TarType>> = {
  [modeType.fifo]: 'fifo',
  [modeType.character]: 'character',
  [modeType.directory]: 'directory',
  [modeType.block]: 'block',
  [modeType.file]: 'file',
  [modeType.symlink]: 'symlink',
};

/**
 * What a container would see of a stack of layers, from top to bottom, as the members of one archive: in the order of
 * their names, hard links kept, nothing of what is hidden. The same stack always gives the same members.
 */
export async function* flattenStack(layers: readonly OpenLayer[], signal: AbortSignal): TarMembers {
  const root = rootOf(layers);
  if (root === undefined) return;
  const [{ inode }] = root;
  // Archives say something of the root only where it is not as usual.
  const isUsual = (inode.mode & 0o7777) === usualRootMode && inode.uid === 0 && inode.gid === 0;
  if (!isUsual) yield { kind: 'entry', entry: describe('./', root[0]) };
  yield* new Flattening(signal).directory(root, '');
}

class Flattening {
  readonly #signal: AbortSignal;
  /** First names of files that may have several. */
  readonly #firstNames = new Map<OpenLayer, Map<number, string>>();
  #files = 0;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  async *directory(directory: Seen, prefix: string): TarMembers {
    const entries = [...list(directory)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [base, seen] of entries) {
      await this.#takeTurns();
      yield* this.#member(seen, prefix + base);
    }
  }

  async *#member(seen: Seen, name: string): AsyncGenerator<TarStreamItem> {
    const [part] = seen;
    const entry = describe(name, part);
    if (entry.type === 'directory') {
      yield { kind: 'entry', entry };
      yield* this.directory(seen, `${name}/`);
      return;
    }
    const first = this.#firstName(part, name);
    if (first !== name) {
      yield { kind: 'entry', entry: { ...entry, type: 'hardlink', linkName: first, sizeBytes: 0 } };
      return;
    }
    yield { kind: 'entry', entry };
    if (isFile(part.inode)) yield* content(part);
  }

  #firstName({ layer, inode }: Part, name: string): string {
    const names = this.#firstNames.get(layer) ?? new Map<number, string>();
    this.#firstNames.set(layer, names);
    const first = names.get(inode.nid) ?? name;
    names.set(inode.nid, first);
    return first;
  }

  async #takeTurns(): Promise<void> {
    this.#signal.throwIfAborted();
    this.#files++;
    if (this.#files % turnFiles === 0) await setImmediate();
  }
}

async function* content(part: Part): AsyncGenerator<TarStreamItem> {
  const reader = new PartReader(part);
  for (let left = part.inode.sizeBytes; left > 0; left -= pieceBytes) {
    yield { kind: 'content', piece: await reader.next(Math.min(left, pieceBytes)) };
  }
}

function describe(name: string, { layer, inode }: Part): TarEntry {
  const { mode, uid, gid, mtimeSeconds, mtimeNanos } = inode;
  return {
    ...plainEntry(''),
    name,
    type: types[mode & typeBits] ?? 'file',
    linkName: isSymlink(inode) ? layer.index.target(inode) : '',
    mode: mode & 0o7777,
    uid,
    gid,
    mtimeSeconds,
    mtimeNanos,
    ...deviceNumbers(inode.device),
    xattrs: ownXattrs(inode),
    sizeBytes: isFile(inode) ? inode.sizeBytes : 0,
  };
}

/** Of the kernel's form: twelve bits of the major number between the low and the high ones of the minor. */
function deviceNumbers(device: number): { readonly major: number; readonly minor: number } {
  return { major: (device >>> 8) & 0xfff, minor: (device & 0xff) | ((device >>> 12) & 0xfff00) };
}

function ownXattrs({ xattrs }: IndexInode) {
  return [...xattrs].flatMap(([name, value]) =>
    isOverlayXattr(name) ? [] : [{ name, value: Buffer.from(value, 'latin1') }],
  );
}
