import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type DiffId, EngineError, errnoOf, unlessErrno } from '#base';
import { measureTree } from '#linux';
import type { TarMembers } from '#oci';
import type { Metadata } from '#store/metadata';
import { checkInThread } from '../check/check-in-thread.ts';
import { compareStacks } from '../compare/compare-stacks.ts';
import { flattenStack } from '../compare/flatten-stack.ts';
import { type OpenLayer, openLayer } from '../compare/open-layer.ts';
import type {
  ExpectedLayer,
  LayerCondition,
  LayerIngest,
  LayerRecord,
  Layers,
  TreeChange,
} from '../types.ts';
import { Ingest } from './ingest.ts';
import { indexName, layerFolder, leavingPrefix, tarName, temporaryPrefix } from './layer-folder.ts';
import { LayerWorkers } from './layer-workers.ts';
import type { WrittenLayer } from './messages.ts';

/** Steps of the tables of layers and of who needs them; append only. */
export const layerTables: readonly string[] = [
  `CREATE TABLE layer (
     diff_id TEXT PRIMARY KEY, size_bytes INTEGER NOT NULL, tar_bytes INTEGER NOT NULL
   ) STRICT`,
  `CREATE TABLE layer_use (
     owner TEXT NOT NULL, position INTEGER NOT NULL, diff_id TEXT NOT NULL, PRIMARY KEY (owner, position)
   ) STRICT`,
  'CREATE INDEX layer_use_by_layer ON layer_use (diff_id)',
];

/**
 * While a file system takes a large file away, whoever wants something on disk waits: first of all the client whose
 * answer this is.
 */
const removalDelayMs = 50;

/** Who is told what becomes of layers. */
export interface LayerWatcher {
  /** A layer is no longer there; just before its files go. */
  forget(diffId: DiffId): void;
  /** Other files have taken the place of a layer's. */
  renew(diffId: DiffId): void;
}

/** The layers of a data root: a folder each, a row each, and who needs them. A row is there only with its folder. */
export class LayerStore implements Layers, Disposable {
  readonly #root: string;
  readonly #metadata: Metadata;
  readonly #watcher: LayerWatcher;
  readonly #workers = new LayerWorkers();
  /** Files of removed layers on their way out, which nobody waits for: what a crash leaves goes at the next start. */
  readonly #leaving = new Set<Promise<void>>();
  /** How often each layer is held by work under way. */
  readonly #holds = new Map<DiffId, number>();

  constructor(root: string, metadata: Metadata, watcher: LayerWatcher) {
    this.#root = root;
    this.#metadata = metadata;
    this.#watcher = watcher;
    mkdirSync(root, { recursive: true, mode: 0o700 });
  }

  get(diffId: DiffId): LayerRecord | undefined {
    const row = this.#metadata.get('SELECT size_bytes, tar_bytes FROM layer WHERE diff_id = ?', diffId);
    if (row === undefined) return undefined;
    return { diffId, sizeBytes: Number(row.size_bytes), tarBytes: Number(row.tar_bytes) };
  }

  async ingest(expected: ExpectedLayer, signal: AbortSignal): Promise<LayerIngest> {
    signal.throwIfAborted();
    const folder = join(this.#root, `${temporaryPrefix}${randomUUID()}`);
    await mkdir(folder, { mode: 0o700 });
    return new Ingest(this.#workers.open(folder), {
      folder,
      expected,
      signal,
      keep: (layer) => (expected.replaces ? this.#replace(folder, layer) : this.#keep(folder, layer)),
      hold: (layer) => this.hold([layer.diffId]),
    });
  }

  hold(diffIds: readonly DiffId[]): Disposable {
    for (const diffId of diffIds) this.#holds.set(diffId, (this.#holds.get(diffId) ?? 0) + 1);
    let held = true;
    return {
      [Symbol.dispose]: () => {
        if (held) for (const diffId of diffIds) this.#letGo(diffId);
        held = false;
      },
    };
  }

  use(owner: string, diffIds: readonly DiffId[]): void {
    this.release(owner);
    diffIds.forEach((diffId, position) => {
      this.#metadata.run('INSERT INTO layer_use VALUES (?, ?, ?)', owner, position, diffId);
    });
  }

  release(owner: string): void {
    this.#metadata.run('DELETE FROM layer_use WHERE owner = ?', owner);
  }

  /** The layers that an owner needs, from bottom to top. */
  usedBy(owner: string): DiffId[] {
    const rows = this.#metadata.all('SELECT diff_id FROM layer_use WHERE owner = ? ORDER BY position', owner);
    return rows.map((row) => row.diff_id as DiffId);
  }

  owners(diffId: DiffId): string[] {
    return this.#metadata
      .all('SELECT owner FROM layer_use WHERE diff_id = ?', diffId)
      .map((row) => String(row.owner));
  }

  async collect(): Promise<DiffId[]> {
    const rows = this.#metadata.all(
      'SELECT diff_id FROM layer WHERE NOT EXISTS (SELECT 1 FROM layer_use u WHERE u.diff_id = layer.diff_id)',
    );
    const unused = rows.map((row) => row.diff_id as DiffId).filter((diffId) => !this.#holds.has(diffId));
    for (const diffId of unused) this.#remove(this.#takeAway(diffId));
    return unused;
  }

  /** Resolves when the files of removed layers are gone. */
  async settled(): Promise<void> {
    await Promise.all(this.#leaving);
  }

  async check(diffId: DiffId, repair: boolean): Promise<LayerCondition> {
    if (this.get(diffId) === undefined) return 'missing';
    const condition = await checkInThread({ folder: layerFolder(this.#root, diffId), diffId, repair });
    if (condition === 'index made anew') this.#watcher.renew(diffId);
    return condition;
  }

  async compare(
    before: readonly DiffId[],
    after: readonly DiffId[],
    signal: AbortSignal,
  ): Promise<TreeChange[]> {
    await using open = new AsyncDisposableStack();
    const opened = await this.#open([...before, ...after], open);
    return await compareStacks(topDown(before, opened), topDown(after, opened), signal);
  }

  async *flatten(stack: readonly DiffId[], signal: AbortSignal): TarMembers {
    await using open = new AsyncDisposableStack();
    yield* flattenStack(topDown(stack, await this.#open(stack, open)), signal);
  }

  async diskBytes(): Promise<number> {
    await this.settled();
    return (await measureTree(this.#root)).diskBytes;
  }

  tarPath(diffId: DiffId): string {
    return layerFolder(this.#root, diffId).tar;
  }

  /** Removes what a killed daemon left: folders that no row names, and rows whose folder is gone. */
  async reconcile(): Promise<void> {
    for (const row of this.#metadata.all('SELECT diff_id FROM layer')) {
      const diffId = row.diff_id as DiffId;
      if (!existsSync(layerFolder(this.#root, diffId).index)) this.#forgetRow(diffId);
    }
    for (const name of readdirSync(this.#root)) {
      if (this.get(`sha256:${name}` as DiffId) !== undefined) continue;
      await rm(join(this.#root, name), { recursive: true, force: true });
    }
  }

  [Symbol.dispose](): void {
    this.#workers[Symbol.dispose]();
  }

  /** Opens layers, each once, until the stack is disposed of. */
  async #open(
    diffIds: readonly DiffId[],
    open: AsyncDisposableStack,
  ): Promise<ReadonlyMap<DiffId, OpenLayer>> {
    const opened = new Map<DiffId, OpenLayer>();
    for (const diffId of new Set(diffIds)) {
      requireLayer(this, diffId);
      opened.set(diffId, open.use(await openLayer(layerFolder(this.#root, diffId))));
    }
    return opened;
  }

  /** Moves a written layer to its place; one that came here meanwhile by another way is as good. */
  async #keep(folder: string, layer: WrittenLayer): Promise<LayerRecord> {
    const { diffId, sizeBytes, tarBytes } = layer;
    const place = layerFolder(this.#root, diffId).path;
    if (this.get(diffId) === undefined) {
      await syncFolder(folder);
      moveUnlessThere(folder, place);
      await syncFolder(this.#root);
      this.#metadata.run('INSERT OR IGNORE INTO layer VALUES (?, ?, ?)', diffId, sizeBytes, tarBytes);
    }
    return { diffId, sizeBytes, tarBytes };
  }

  /** File by file, each in one step: those of one diffID are always the same, so that any mix of them is whole. */
  async #replace(folder: string, layer: WrittenLayer): Promise<LayerRecord> {
    const { diffId } = layer;
    const place = layerFolder(this.#root, diffId);
    if (!existsSync(place.path)) this.#forgetRow(diffId);
    if (this.get(diffId) === undefined) return this.#keep(folder, layer);
    renameSync(join(folder, tarName), place.tar);
    renameSync(join(folder, indexName), place.index);
    await syncFolder(place.path);
    this.#watcher.renew(diffId);
    return { diffId, sizeBytes: layer.sizeBytes, tarBytes: layer.tarBytes };
  }

  /** Row first, then the name: from here on the layer is not there, and its folder is only garbage. */
  #takeAway(diffId: DiffId): string {
    const doomed = join(this.#root, `${leavingPrefix}${randomUUID()}`);
    this.#forgetRow(diffId);
    this.#watcher.forget(diffId);
    unlessErrno(['ENOENT'], () => renameSync(layerFolder(this.#root, diffId).path, doomed));
    return doomed;
  }

  #remove(folder: string): void {
    const gone = sleep(removalDelayMs)
      .then(() => rm(folder, { recursive: true, force: true }))
      .catch(() => {})
      .finally(() => this.#leaving.delete(gone));
    this.#leaving.add(gone);
  }

  #forgetRow(diffId: DiffId): void {
    this.#metadata.run('DELETE FROM layer WHERE diff_id = ?', diffId);
  }

  #letGo(diffId: DiffId): void {
    const holds = (this.#holds.get(diffId) ?? 0) - 1;
    if (holds > 0) this.#holds.set(diffId, holds);
    else this.#holds.delete(diffId);
  }
}

/** @throws EngineError corrupt, for layers that are not here */
export function requireLayer(layers: Pick<Layers, 'get'>, diffId: DiffId): LayerRecord {
  const record = layers.get(diffId);
  if (record === undefined) throw new EngineError('notFound', `layer ${diffId} not found`);
  return record;
}

function topDown(stack: readonly DiffId[], opened: ReadonlyMap<DiffId, OpenLayer>): OpenLayer[] {
  return stack.flatMap((diffId) => opened.get(diffId) ?? []).reverse();
}

function moveUnlessThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    const code = errnoOf(error);
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  await using folder = await open(path);
  await folder.sync();
}
