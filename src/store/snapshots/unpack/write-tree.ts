import { chmod, type FileHandle, lchown, link, lutimes, mkdir, open, symlink } from 'node:fs/promises';
import { EngineError } from '#base';
import { makeNode, setModified, setXattr } from '#linux';
import type { TarExtent } from '#oci';
import { overlayXattrs } from '../erofs/xattrs.ts';
import type { DirectoryNode, FileNode, LayerNode } from '../tree/node.ts';

const copyBytes = 1 << 20;

/**
 * Makes a layer's files below an empty directory, in overlayfs form, with the contents from its tar. No path that it
 * uses has a symbolic link in it: every parent is a directory that it has just made.
 */
export async function writeTree(root: DirectoryNode, tar: FileHandle, target: string): Promise<void> {
  const writer = new TreeWriter(tar);
  await writer.fill(root, Buffer.from(target));
}

class TreeWriter {
  readonly #tar: FileHandle;
  /** Where a file was made first; further names of it are links to there. */
  readonly #made = new Map<LayerNode, Buffer>();
  readonly #buffer = Buffer.alloc(copyBytes);

  constructor(tar: FileHandle) {
    this.#tar = tar;
  }

  /** The directory's own attributes come last: what is made in it changes its time. */
  async fill(directory: DirectoryNode, path: Buffer): Promise<void> {
    for (const [name, child] of directory.children) {
      await this.#make(child, Buffer.concat([path, Buffer.from(`/${name}`, 'latin1')]));
    }
    await describe(directory, path);
  }

  async #make(node: LayerNode, path: Buffer): Promise<void> {
    const first = this.#made.get(node);
    if (first !== undefined) {
      await link(first, path);
      return;
    }
    this.#made.set(node, path);
    if (node.kind === 'directory') {
      await mkdir(path, { mode: 0o700 });
      await this.fill(node, path);
      return;
    }
    if (node.kind === 'file') await this.#copy(node, path);
    else if (node.kind === 'symlink') await symlink(Buffer.from(node.target, 'latin1'), path);
    else if (node.kind === 'fifo') makeNode({ path: textPath(path), type: 'fifo', mode: 0 });
    else if (node.kind === 'whiteout') makeNode({ path: textPath(path), type: 'character', mode: 0 });
    else makeNode({ path: textPath(path), type: node.kind, mode: 0, major: node.major, minor: node.minor });
    await describe(node, path);
  }

  async #copy(node: FileNode, path: Buffer): Promise<void> {
    await using file = await open(path, 'wx', 0o600);
    await file.truncate(node.sizeBytes);
    const whole: TarExtent = { offset: 0, length: node.sizeBytes, position: node.position };
    for (const extent of node.extents ?? [whole]) await this.#copyExtent(extent, file);
  }

  async #copyExtent({ offset, length, position }: TarExtent, file: FileHandle): Promise<void> {
    for (let done = 0; done < length; ) {
      const wanted = Math.min(copyBytes, length - done);
      const { bytesRead } = await this.#tar.read(this.#buffer, 0, wanted, position + done);
      if (bytesRead === 0) throw new EngineError('corrupt', 'the tar of a layer is shorter than it was');
      await file.write(this.#buffer, 0, bytesRead, offset + done);
      done += bytesRead;
    }
  }
}

/** Owner before mode: a change of owner takes setuid away. Times last. */
async function describe(node: LayerNode, path: Buffer): Promise<void> {
  await lchown(path, node.uid >>> 0, node.gid >>> 0);
  if (node.kind !== 'symlink') await chmod(path, node.mode);
  for (const { name, value } of overlayXattrs(node)) setXattr(textPath(path), name, value);
  await setTime(node, path);
}

/** The runtime's own call, which takes any name, knows fractions of a second only roughly. */
async function setTime({ mtimeSeconds, mtimeNanos }: LayerNode, path: Buffer): Promise<void> {
  const text = path.toString();
  if (Buffer.from(text).equals(path)) {
    setModified(text, mtimeSeconds, mtimeNanos);
  } else {
    const time = mtimeSeconds + mtimeNanos / 1e9;
    await lutimes(path, time, time);
  }
}

/** @throws EngineError notImplemented, for names that are not UTF-8: the calls of the addon take texts */
function textPath(path: Buffer): string {
  const text = path.toString();
  if (!Buffer.from(text).equals(path)) {
    throw new EngineError('notImplemented', `cannot unpack ${text}: its name is not UTF-8`);
  }
  return text;
}
