import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { type DiffId, EngineError } from '#base';
import { measureTree, type OpenDescriptor, unmountBelow } from '#linux';
import type { Metadata } from '#store/metadata';
import type { LayerDriver } from './drivers/driver.ts';
import { type LayerStore, requireLayer } from './layers/layer-store.ts';
import { type OverlayParts, openOverlay, overlayMount } from './overlay.ts';
import { makeSized, placeOf, removeFolder } from './sized-folder.ts';
import type { RootMounts, SnapshotLimit, SnapshotPart, SnapshotRoot, Snapshots } from './types.ts';

/** Steps of the table of snapshots; append only. */
export const snapshotTables: readonly string[] = ['CREATE TABLE snapshot (key TEXT PRIMARY KEY) STRICT'];

const temporaryPrefix = 'tmp-';

/**
 * Snapshots as folders: `upper` and `work` of an overlay over the layers that the driver makes visible. A row is
 * there only with its folder.
 */
export class SnapshotStore implements Snapshots {
  readonly #root: string;
  readonly #metadata: Metadata;
  readonly #layers: LayerStore;
  readonly #driver: LayerDriver;
  /** Lowest of all stacks: overlayfs wants a lower directory also for an image without layers. */
  readonly #empty: string;

  constructor(root: string, metadata: Metadata, layers: LayerStore, driver: LayerDriver) {
    this.#root = root;
    this.#metadata = metadata;
    this.#layers = layers;
    this.#driver = driver;
    this.#empty = join(root, 'empty');
    mkdirSync(this.#empty, { recursive: true, mode: 0o755 });
  }

  get driver(): 'erofs' | 'unpack' {
    return this.#driver.name;
  }

  get driverStatus(): readonly (readonly [string, string])[] {
    return this.#driver.status;
  }

  async prepare(key: string, layers: readonly DiffId[], limit?: SnapshotLimit): Promise<void> {
    checkKey(key);
    using _held = this.#layers.hold(layers);
    for (const diffId of layers) requireLayer(this.#layers, diffId);
    if (this.#has(key)) throw new EngineError('conflict', `snapshot ${key} exists already`);
    const folder = join(this.#root, key);
    if (existsSync(folder)) await removeFolder(folder);
    if (limit !== undefined) await makeSized(folder, limit.sizeBytes);
    makeFolders(placeOf(folder));
    this.#metadata.transaction(() => {
      this.#metadata.run('INSERT INTO snapshot VALUES (?)', key);
      this.#layers.use(owner(key), layers);
    });
  }

  async rootMounts(key: string): Promise<RootMounts> {
    const parts = await this.#parts(key);
    const mount = overlayMount(parts);
    if (mount !== undefined) return { mounts: [mount], [Symbol.dispose]() {} };
    const opened = openOverlay(parts);
    const source = `/proc/${process.pid}/fd/${opened.fd}`;
    return {
      mounts: [{ type: 'placed', source, options: [] }],
      [Symbol.dispose]: () => opened[Symbol.dispose](),
    };
  }

  async open(key: string): Promise<SnapshotRoot> {
    return rootOf(openOverlay(await this.#parts(key)));
  }

  async view(key: string, part: SnapshotPart): Promise<SnapshotRoot> {
    const { lowers, changes } = await this.#parts(key);
    const shown = part === 'all' ? [changes.upper, ...lowers] : lowers;
    const stack = shown.at(-1) === this.#empty ? shown : [...shown, this.#empty];
    return stack.length === 1 ? nothing(this.#empty) : rootOf(openOverlay({ lowers: stack }));
  }

  upperDir(key: string): string {
    return join(placeOf(join(this.#root, key)), 'upper');
  }

  async usage(key: string): Promise<{ readonly bytes: number }> {
    return { bytes: (await measureTree(this.upperDir(key))).lengthBytes };
  }

  async remove(key: string): Promise<void> {
    checkKey(key);
    const folder = join(this.#root, key);
    const doomed = join(this.#root, `${temporaryPrefix}${randomUUID()}`);
    this.#metadata.transaction(() => {
      this.#metadata.run('DELETE FROM snapshot WHERE key = ?', key);
      this.#layers.release(owner(key));
    });
    if (!existsSync(folder)) return;
    await rename(folder, doomed);
    await removeFolder(doomed);
  }

  async reconcile(liveKeys: ReadonlySet<string>): Promise<void> {
    for (const row of this.#metadata.all('SELECT key FROM snapshot')) {
      const key = String(row.key);
      if (!liveKeys.has(key)) await this.remove(key);
    }
    for (const name of await readdir(this.#root)) {
      if (name === 'empty' || this.#has(name)) continue;
      await removeFolder(join(this.#root, name));
    }
    await this.#layers.collect();
  }

  async close(options?: { readonly unmount: boolean }): Promise<void> {
    if (options?.unmount) {
      this.#driver.unmountAll();
      unmountBelow(this.#root);
    }
    this.#layers[Symbol.dispose]();
    await this.#layers.settled();
  }

  async #parts(key: string): Promise<Required<OverlayParts>> {
    if (!this.#has(key)) throw new EngineError('notFound', `snapshot ${key} not found`);
    // Of a layer that comes twice nothing shows but where it is on top; overlayfs refuses it a second time.
    const layers = new Set(this.#layers.usedBy(owner(key)).toReversed());
    const lowers: string[] = [];
    for (const diffId of layers) lowers.push(await this.#driver.lower(diffId));
    const folder = placeOf(join(this.#root, key));
    return {
      lowers: lowers.length === 0 ? [this.#empty] : lowers,
      changes: { upper: join(folder, 'upper'), work: join(folder, 'work') },
    };
  }

  #has(key: string): boolean {
    return this.#metadata.get('SELECT 1 FROM snapshot WHERE key = ?', key) !== undefined;
  }
}

function rootOf(mounted: OpenDescriptor): SnapshotRoot {
  return {
    path: mounted.path,
    async [Symbol.asyncDispose]() {
      mounted[Symbol.dispose]();
    },
  };
}

function nothing(path: string): SnapshotRoot {
  return { path, async [Symbol.asyncDispose]() {} };
}

/** Blocking calls: a few microseconds each, and a container's start waits for them. */
function makeFolders(folder: string): void {
  mkdirSync(join(folder, 'upper'), { recursive: true, mode: 0o755 });
  mkdirSync(join(folder, 'work'), { mode: 0o700 });
  // Overlayfs makes this one anew at the mount, and mounts read-only when the disk has no room for it: so it has.
  mkdirSync(join(folder, 'work', 'work'), { mode: 0o700 });
}

function owner(key: string): string {
  return `snapshot:${key}`;
}

function checkKey(key: string): void {
  if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(key) || key === 'empty' || key.startsWith(temporaryPrefix)) {
    throw new EngineError('invalid', `invalid snapshot key: ${key}`);
  }
}
