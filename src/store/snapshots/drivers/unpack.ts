import { randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type DiffId, digestHex, errnoOf, KeyedLock } from '#base';
import { TarReader } from '#oci';
import { layerFolder, temporaryPrefix } from '../layers/layer-folder.ts';
import { LayerTree } from '../tree/layer-tree.ts';
import { writeTree } from '../unpack/write-tree.ts';
import type { LayerDriver } from './driver.ts';
import { ShortNames } from './short-names.ts';

/**
 * Extracts a layer's tar when it is needed for the first time; for kernels that cannot mount the index, and for data
 * roots on file systems that cannot be mounted from.
 */
export class UnpackDriver implements LayerDriver {
  readonly name = 'unpack';
  readonly status = [
    ['Backing', 'extracted layers'],
    ['Union', 'overlayfs'],
  ] as const;
  readonly #layersRoot: string;
  readonly #root: string;
  readonly #linkRoot: string;
  readonly #names = new ShortNames();
  readonly #lock = new KeyedLock();

  /** Extracted layers are kept in `root`; short links to them, for mount calls, in `linkRoot`. */
  constructor(layersRoot: string, root: string, linkRoot: string) {
    this.#layersRoot = layersRoot;
    this.#root = root;
    this.#linkRoot = linkRoot;
    mkdirSync(root, { recursive: true, mode: 0o700 });
    mkdirSync(linkRoot, { recursive: true, mode: 0o711 });
  }

  async lower(diffId: DiffId): Promise<string> {
    const folder = this.#folder(diffId);
    await this.#lock.run(diffId, async () => {
      if (!existsSync(folder)) await this.#extract(diffId, folder);
    });
    const path = this.#link(diffId);
    linkTo(folder, path);
    return path;
  }

  /** What was extracted is the files' own copy, and containers may run on it. */
  renew(): void {}

  /** Unpacked layers are plain folders. */
  unmountAll(): void {}

  forget(diffId: DiffId): void {
    const doomed = join(this.#root, `${temporaryPrefix}${randomUUID()}`);
    removeLink(this.#link(diffId));
    this.#names.free(diffId);
    try {
      renameSync(this.#folder(diffId), doomed);
    } catch (error) {
      if (errnoOf(error) !== 'ENOENT') throw error;
      return;
    }
    // Not waited for: what a crash leaves of it goes at the next start.
    rm(doomed, { recursive: true, force: true }).catch(() => {});
  }

  async reconcile(isKept: (diffId: DiffId) => boolean): Promise<void> {
    for (const name of readdirSync(this.#root)) {
      if (isKept(`sha256:${name}` as DiffId)) continue;
      await rm(join(this.#root, name), { recursive: true, force: true });
    }
    for (const name of readdirSync(this.#linkRoot)) {
      await rm(join(this.#linkRoot, name), { recursive: true, force: true });
    }
  }

  /** Under another name until it is whole. */
  async #extract(diffId: DiffId, folder: string): Promise<void> {
    const temporary = join(this.#root, `${temporaryPrefix}${randomUUID()}`);
    try {
      await mkdir(temporary, { mode: 0o755 });
      await using tar = await open(layerFolder(this.#layersRoot, diffId).tar);
      const tree = new LayerTree();
      const reader = new TarReader(tree);
      for await (const chunk of tar.createReadStream({ autoClose: false })) reader.push(chunk as Uint8Array);
      reader.finish();
      await writeTree(tree.root, tar, temporary);
      renameSync(temporary, folder);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true });
      throw error;
    }
  }

  #folder(diffId: DiffId): string {
    return join(this.#root, digestHex(diffId));
  }

  #link(diffId: DiffId): string {
    return join(this.#linkRoot, this.#names.nameOf(diffId));
  }
}

function linkTo(target: string, path: string): void {
  try {
    symlinkSync(target, path);
  } catch (error) {
    if (errnoOf(error) !== 'EEXIST' || readlinkSync(path) !== target) throw error;
  }
}

function removeLink(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error;
  }
}
