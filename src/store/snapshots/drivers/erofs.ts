import { mkdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type DiffId, errnoOf, tryParseDigest } from '#base';
import { mount, mountFlag, parseMountInfo, unmount } from '#linux';
import { layerFolder } from '../layers/layer-folder.ts';
import type { LayerDriver } from './driver.ts';
import { ShortNames } from './short-names.ts';

/** Mounts each layer's index over its tar, once for all containers. The mounts outlive the daemon. */
export class ErofsDriver implements LayerDriver {
  readonly name = 'erofs';
  readonly status = [
    ['Backing', 'file-backed EROFS index over the layer tar'],
    ['Union', 'overlayfs'],
  ] as const;
  readonly #layersRoot: string;
  readonly #mountRoot: string;
  readonly #names = new ShortNames();
  /** Device number of each mount that this driver made or found. */
  readonly #mounted = new Map<DiffId, { readonly path: string; readonly device: number }>();

  constructor(layersRoot: string, mountRoot: string) {
    this.#layersRoot = layersRoot;
    this.#mountRoot = mountRoot;
    mkdirSync(mountRoot, { recursive: true, mode: 0o711 });
  }

  async lower(diffId: DiffId): Promise<string> {
    const known = this.#mounted.get(diffId);
    return known !== undefined && deviceOf(known.path) === known.device ? known.path : this.#mount(diffId);
  }

  forget(diffId: DiffId): void {
    const known = this.#mounted.get(diffId);
    if (known === undefined) return;
    this.#mounted.delete(diffId);
    this.#names.free(diffId);
    removeMount(known.path);
  }

  /** Containers that run stay on the files that they began with. */
  renew(diffId: DiffId): void {
    this.forget(diffId);
  }

  unmountAll(): void {
    for (const diffId of [...this.#mounted.keys()]) this.forget(diffId);
  }

  /** Takes over the mounts of an earlier daemon; what is not a mount of a kept layer goes. */
  async reconcile(isKept: (diffId: DiffId) => boolean): Promise<void> {
    for (const info of parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))) {
      if (dirname(info.mountPoint) !== this.#mountRoot) continue;
      const diffId = this.#layerOf(info.source);
      if (info.type === 'erofs' && diffId !== undefined && isKept(diffId))
        this.#adopt(diffId, info.mountPoint);
      else removeMount(info.mountPoint);
    }
  }

  #adopt(diffId: DiffId, path: string): void {
    this.#names.adopt(basename(path), diffId);
    this.#mounted.set(diffId, { path, device: deviceOf(path) ?? 0 });
  }

  /** The layer whose index is mounted, by the path that it was mounted from. */
  #layerOf(source: string): DiffId | undefined {
    const digest = tryParseDigest(`sha256:${basename(dirname(source))}`);
    if (digest === undefined) return undefined;
    return source === layerFolder(this.#layersRoot, digest as DiffId).index ? (digest as DiffId) : undefined;
  }

  #mount(diffId: DiffId): string {
    const path = join(this.#mountRoot, this.#names.nameOf(diffId));
    const { index, tar } = layerFolder(this.#layersRoot, diffId);
    mkdirSync(path, { recursive: true, mode: 0o755 });
    mount({ source: index, target: path, type: 'erofs', flags: mountFlag.readOnly, data: `device=${tar}` });
    this.#mounted.set(diffId, { path, device: deviceOf(path) ?? 0 });
    return path;
  }
}

function deviceOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.dev;
}

/** Lazily: containers may still stand on it. */
function removeMount(path: string): void {
  try {
    unmount(path, { lazy: true });
    rmdirSync(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'EINVAL' && code !== 'ENOENT' && code !== 'EBUSY') throw error;
  }
}
