import assert from 'node:assert/strict';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { type DiffId, EngineError } from '#base';
import { mount, unmount } from '#linux';
import type { Layers, Snapshots } from '../types.ts';

/** A store that the suite may fill; a second opening of the same folders is a restarted daemon. */
export interface SnapshotFixture extends AsyncDisposable {
  readonly layers: Layers;
  readonly snapshots: Snapshots;
  reopen(): Promise<{ readonly layers: Layers; readonly snapshots: Snapshots }>;
}

/** A layer that the suite needs, as entries of its tar. */
export interface SuiteEntry {
  readonly path: string;
  readonly type?: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'fifo';
  readonly content?: string;
  readonly target?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly mtime?: number;
  readonly device?: readonly [number, number];
}

export interface SuiteOptions {
  open(): Promise<SnapshotFixture>;
  makeTar(entries: readonly SuiteEntry[]): Uint8Array;
  /** Where the suite may mount. */
  readonly scratch: string;
}

/** What every snapshot driver has to do; runs as root. */
export function testSnapshots(driver: string, { open, makeTar, scratch }: SuiteOptions): void {
  const signal = new AbortController().signal;

  async function add(layers: Layers, entries: readonly SuiteEntry[]): Promise<DiffId> {
    await using ingest = await layers.ingest({}, signal);
    await ingest.write(makeTar(entries));
    return (await ingest.finish()).diffId;
  }

  async function withMounted(snapshots: Snapshots, key: string, look: (root: string) => void): Promise<void> {
    using mounts = await snapshots.rootMounts(key);
    const [root] = mounts.mounts;
    assert.ok(root);
    const target = mkdtempSync(join(scratch, 'mount-'));
    const { type, source, options } = root;
    mount({ type, source, target, data: options.join(',') });
    try {
      look(target);
    } finally {
      unmount(target, { lazy: true });
      rmdirSync(target);
    }
  }

  test(`${driver}: rootMounts() stacks layers, the later ones on top`, async () => {
    await using store = await open();
    const lower = await add(store.layers, [
      { path: 'etc/', type: 'directory' },
      { path: 'etc/name', content: 'lower' },
      { path: 'etc/kept', content: 'kept', mode: 0o4755, uid: 1234, mtime: 1_600_000_000 },
    ]);
    const upper = await add(store.layers, [{ path: 'etc/name', content: 'upper' }]);
    await store.snapshots.prepare('stack', [lower, upper]);
    await withMounted(store.snapshots, 'stack', (root) => {
      assert.equal(readFileSync(join(root, 'etc/name'), 'latin1'), 'upper');
      const kept = lstatSync(join(root, 'etc/kept'));
      assert.deepEqual([kept.mode & 0o7777, kept.uid, kept.mtimeMs], [0o4755, 1234, 1_600_000_000_000]);
    });
  });

  test(`${driver}: a layer that comes twice counts where it is on top`, async () => {
    await using store = await open();
    const twice = await add(store.layers, [{ path: 'name', content: 'twice' }]);
    const between = await add(store.layers, [{ path: '.wh.name' }, { path: 'other', content: '' }]);
    const nothing = await add(store.layers, []);
    await store.snapshots.prepare('twice', [nothing, twice, between, nothing, nothing, twice]);
    await withMounted(store.snapshots, 'twice', (root) => {
      assert.deepEqual(readdirSync(root).sort(), ['name', 'other']);
      assert.equal(readFileSync(join(root, 'name'), 'latin1'), 'twice');
    });
    await using view = await store.snapshots.view('twice', 'layers');
    assert.deepEqual(readdirSync(view.path).sort(), ['name', 'other']);
  });

  test(`${driver}: whiteouts and opaque directories hide what lower layers have`, async () => {
    await using store = await open();
    const lower = await add(store.layers, [
      { path: 'a/gone', content: '1' },
      { path: 'a/kept', content: '2' },
      { path: 'b/gone', content: '3' },
    ]);
    const upper = await add(store.layers, [
      { path: 'a/.wh.gone' },
      { path: 'b/.wh..wh..opq' },
      { path: 'b/new', content: '4' },
    ]);
    await store.snapshots.prepare('hidden', [lower, upper]);
    await withMounted(store.snapshots, 'hidden', (root) => {
      assert.deepEqual(readdirSync(join(root, 'a')), ['kept']);
      assert.deepEqual(readdirSync(join(root, 'b')), ['new']);
    });
  });

  test(`${driver}: links, devices and fifos are what the tar says`, async () => {
    await using store = await open();
    const layer = await add(store.layers, [
      { path: 'file', content: 'x' },
      { path: 'hard', type: 'hardlink', target: 'file' },
      { path: 'soft', type: 'symlink', target: '/file' },
      { path: 'null', type: 'character', device: [1, 3], mode: 0o666 },
      { path: 'pipe', type: 'fifo', mode: 0o600 },
    ]);
    await store.snapshots.prepare('kinds', [layer]);
    await withMounted(store.snapshots, 'kinds', (root) => {
      assert.equal(lstatSync(join(root, 'hard')).nlink, 2);
      assert.equal(lstatSync(join(root, 'hard')).ino, lstatSync(join(root, 'file')).ino);
      assert.ok(lstatSync(join(root, 'soft')).isSymbolicLink());
      assert.equal(lstatSync(join(root, 'null')).rdev, 0x103);
      assert.ok(lstatSync(join(root, 'pipe')).isFIFO());
    });
  });

  test(`${driver}: snapshots of the same layers do not see each other's changes`, async () => {
    await using store = await open();
    const layer = await add(store.layers, [{ path: 'file', content: 'image' }]);
    await store.snapshots.prepare('one', [layer]);
    await store.snapshots.prepare('two', [layer]);
    await withMounted(store.snapshots, 'one', (root) => writeFileSync(join(root, 'file'), 'changed'));
    await withMounted(store.snapshots, 'two', (root) => {
      assert.equal(readFileSync(join(root, 'file'), 'latin1'), 'image');
    });
    assert.deepEqual(await store.snapshots.usage('one'), { bytes: 7 });
    assert.deepEqual(await store.snapshots.usage('two'), { bytes: 0 });
  });

  test(`${driver}: open() shows the snapshot to the daemon`, async () => {
    await using store = await open();
    const layer = await add(store.layers, [{ path: 'file', content: 'image' }]);
    await store.snapshots.prepare('opened', [layer]);
    {
      await using root = await store.snapshots.open('opened');
      assert.equal(readFileSync(join(root.path, 'file'), 'latin1'), 'image');
      writeFileSync(join(root.path, 'new'), 'mine');
    }
    assert.equal(readFileSync(join(store.snapshots.upperDir('opened'), 'new'), 'latin1'), 'mine');
  });

  test(`${driver}: view() shows the layers, or all, also while the snapshot is mounted; nothing can be written`, async () => {
    await using store = await open();
    const layer = await add(store.layers, [
      { path: 'a/gone', content: '1' },
      { path: 'a/kept', content: '2' },
    ]);
    for (const [key, layers] of [['viewed', [layer]] as const, ['bare', []] as const]) {
      await store.snapshots.prepare(key, layers);
      await using root = await store.snapshots.open(key);
      writeFileSync(join(root.path, 'new'), 'mine');
      if (key === 'viewed') rmSync(join(root.path, 'a/gone'));
      await using all = await store.snapshots.view(key, 'all');
      await using below = await store.snapshots.view(key, 'layers');
      const both = [all, below].map(({ path }) => readdirSync(`${path}/.`, { recursive: true }).sort());
      const expected = {
        viewed: [
          ['a', 'a/kept', 'new'],
          ['a', 'a/gone', 'a/kept'],
        ],
        bare: [['new'], []],
      };
      assert.deepEqual(both, expected[key]);
      assert.throws(() => writeFileSync(join(all.path, 'x'), ''), { code: 'EROFS' });
    }
  });

  test(`${driver}: an image without layers is an empty root`, async () => {
    await using store = await open();
    await store.snapshots.prepare('scratch', []);
    await withMounted(store.snapshots, 'scratch', (root) => assert.deepEqual(readdirSync(root), []));
  });

  test(`${driver}: prepare() refuses a key that is taken and layers that are not here`, async () => {
    await using store = await open();
    const layer = await add(store.layers, [{ path: 'file' }]);
    await store.snapshots.prepare('taken', [layer]);
    await assert.rejects(store.snapshots.prepare('taken', [layer]), kind('conflict'));
    const unknown = `sha256:${'0'.repeat(64)}` as DiffId;
    await assert.rejects(store.snapshots.prepare('other', [unknown]), kind('notFound'));
  });

  test(`${driver}: collect() spares layers that a snapshot stands on, and leaves nothing of others`, async () => {
    await using store = await open();
    const layer = await add(store.layers, [{ path: 'file', content: '1' }]);
    await store.snapshots.prepare('user', [layer]);
    using mounts = await store.snapshots.rootMounts('user');
    const [root] = mounts.mounts;
    const place =
      root?.options.find((option) => option.startsWith('lowerdir='))?.slice('lowerdir='.length) ?? '';
    assert.deepEqual(await store.layers.collect(), []);
    assert.ok(lstatSync(place));
    await store.snapshots.remove('user');
    assert.deepEqual(await store.layers.collect(), [layer]);
    assert.equal(store.layers.get(layer), undefined);
    assert.equal(lstatSync(place, { throwIfNoEntry: false }), undefined);
  });

  test(`${driver}: a layer that was removed can come again`, async () => {
    await using store = await open();
    const entries = [{ path: 'file', content: 'again' }];
    const layer = await add(store.layers, entries);
    await store.snapshots.prepare('first', [layer]);
    await withMounted(store.snapshots, 'first', () => {});
    await store.snapshots.remove('first');
    await store.layers.collect();
    assert.equal(await add(store.layers, entries), layer);
    await store.snapshots.prepare('second', [layer]);
    await withMounted(store.snapshots, 'second', (root) => {
      assert.equal(readFileSync(join(root, 'file'), 'latin1'), 'again');
    });
  });

  test(`${driver}: a restarted daemon finds layers and snapshots, and removes dead ones`, async () => {
    await using store = await open();
    const layer = await add(store.layers, [{ path: 'file', content: 'still here' }]);
    await store.snapshots.prepare('live', [layer]);
    await store.snapshots.prepare('dead', [layer]);
    await withMounted(store.snapshots, 'live', () => {});
    const again = await store.reopen();
    await again.snapshots.reconcile(new Set(['live']));
    await assert.rejects(again.snapshots.rootMounts('dead'), kind('notFound'));
    await withMounted(again.snapshots, 'live', (root) => {
      assert.equal(readFileSync(join(root, 'file'), 'latin1'), 'still here');
    });
  });
}

function kind(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof EngineError && error.kind === expected;
}
