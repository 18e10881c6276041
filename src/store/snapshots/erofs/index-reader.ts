import { blockBytes, dataLayout, inodeBytes, modeType, slotBytes, superblockAt } from './format.ts';
import { decodeXattrs } from './xattrs.ts';

const formatBits = 0xf000;
const entryBytes = 12;
const chunkBitsMask = 0x1f;
const noBlock = 0xffffffff;

/** A file of a layer, as its index has it. */
export interface IndexInode {
  readonly nid: number;
  /** Type and permissions, as in `stat`. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeSeconds: number;
  readonly mtimeNanos: number;
  readonly sizeBytes: number;
  /** Of a device: its number, as the kernel writes it. */
  readonly device: number;
  /** Texts are byte strings. */
  readonly xattrs: ReadonlyMap<string, string>;
}

/** Where a piece of a file is: so many bytes from `position` of the tar or of the index, or a hole. */
export interface Stretch {
  readonly from: 'tar' | 'index' | 'hole';
  readonly position: number;
  readonly length: number;
}

export function isDirectory({ mode }: IndexInode): boolean {
  return (mode & formatBits) === modeType.directory;
}

export function isFile({ mode }: IndexInode): boolean {
  return (mode & formatBits) === modeType.file;
}

export function isSymlink({ mode }: IndexInode): boolean {
  return (mode & formatBits) === modeType.symlink;
}

/** What hides a file of lower layers. */
export function isWhiteout({ mode, device }: IndexInode): boolean {
  return (mode & formatBits) === modeType.whiteout && device === 0;
}

/** Reads an index that encodeIndex() wrote. */
export class IndexReader {
  readonly #image: Buffer;

  constructor(image: Buffer) {
    this.#image = image;
  }

  get root(): IndexInode {
    return this.inode(this.#image.readUInt16LE(superblockAt + 14));
  }

  inode(nid: number): IndexInode {
    const image = this.#image;
    const at = nid * slotBytes;
    const mode = image.readUInt16LE(at + 4);
    const type = mode & formatBits;
    return {
      nid,
      mode,
      uid: image.readUInt32LE(at + 24),
      gid: image.readUInt32LE(at + 28),
      mtimeSeconds: Number(image.readBigInt64LE(at + 32)),
      mtimeNanos: image.readUInt32LE(at + 40),
      sizeBytes: Number(image.readBigUInt64LE(at + 8)),
      device: type === modeType.character || type === modeType.block ? image.readUInt32LE(at + 16) : 0,
      xattrs: decodeXattrs(image.subarray(at + inodeBytes, this.#behind(nid))),
    };
  }

  /** What is in a directory, by name, without `.` and `..`. */
  entries(directory: IndexInode): ReadonlyMap<string, IndexInode> {
    const found = new Map<string, IndexInode>();
    const content = this.#content(directory);
    for (let at = 0; at < content.length; at += blockBytes) {
      for (const [name, nid] of readBlock(content.subarray(at, at + blockBytes))) {
        if (name !== '.' && name !== '..') found.set(name, this.inode(nid));
      }
    }
    return found;
  }

  /** Where a symbolic link leads. */
  target(link: IndexInode): string {
    return this.#content(link).toString('latin1');
  }

  /** A regular file's pieces, in order. */
  *stretches({ nid, sizeBytes }: IndexInode): Generator<Stretch> {
    if (sizeBytes === 0) return;
    const image = this.#image;
    const chunkBytes = blockBytes * 2 ** (image.readUInt32LE(nid * slotBytes + 16) & chunkBitsMask);
    const table = Math.ceil(this.#behind(nid) / 8) * 8;
    for (let index = 0; index * chunkBytes < sizeBytes; index++) {
      const device = image.readUInt16LE(table + 8 * index + 2);
      const block = image.readUInt32LE(table + 8 * index + 4);
      const length = Math.min(chunkBytes, sizeBytes - index * chunkBytes);
      if (block === noBlock) yield { from: 'hole', position: 0, length };
      else yield { from: device === 0 ? 'index' : 'tar', position: block * blockBytes, length };
    }
  }

  /** Bytes of the index itself. */
  slice(position: number, length: number): Buffer {
    return this.#image.subarray(position, position + length);
  }

  /** Byte offset of what stands behind an inode and its attributes. */
  #behind(nid: number): number {
    const at = nid * slotBytes;
    const count = this.#image.readUInt16LE(at + 2);
    return at + inodeBytes + (count === 0 ? 0 : 12 + (count - 1) * 4);
  }

  /** Of a directory or a link: whole blocks, and the tail that may stand behind the inode. */
  #content({ nid, sizeBytes }: IndexInode): Buffer {
    const image = this.#image;
    const first = image.readUInt32LE(nid * slotBytes + 16) * blockBytes;
    const isInline = image.readUInt16LE(nid * slotBytes) >> 1 === dataLayout.inline;
    if (!isInline) return image.subarray(first, first + sizeBytes);
    const tailBytes = sizeBytes % blockBytes;
    const behind = this.#behind(nid);
    const tail = image.subarray(behind, behind + tailBytes);
    return sizeBytes < blockBytes
      ? tail
      : Buffer.concat([image.subarray(first, first + sizeBytes - tailBytes), tail]);
  }
}

/** The entries of one block of a directory; zeros may follow its last name. */
function* readBlock(block: Buffer): Generator<readonly [name: string, nid: number]> {
  const count = block.readUInt16LE(8) / entryBytes;
  for (let index = 0; index < count; index++) {
    const at = index * entryBytes;
    const end = index + 1 < count ? block.readUInt16LE(at + entryBytes + 8) : block.length;
    const name = block.toString('latin1', block.readUInt16LE(at + 8), end);
    yield [name.replace(/\0+$/, ''), Number(block.readBigUInt64LE(at))];
  }
}
