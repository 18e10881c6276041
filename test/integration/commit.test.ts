/**
 * What a container writes, against the kernel's own overlay: random changes are told as a full comparison of both
 * trees tells them, and a layer made of them gives the same tree again. Needs root.
 */
import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { type DiffId, silentLog } from '#base';
import { listXattrs, makeNode, parseMountInfo, setXattr, unmount } from '#linux';
import { encodeTar } from '#oci';
import { openMetadata } from '#store/metadata';
import { openSnapshots, type Snapshots } from '#store/snapshots';
import { layerMembers } from '../../src/engine/containers/commit/layer-members.ts';
import { listChanges } from '../../src/engine/containers/commit/list-changes.ts';
import { walkChildren } from '../../src/tree/index.ts';
import { sha256 } from '../fixtures/image.ts';
import { makeTar } from '../fixtures/tar.ts';

const scratch = mkdtempSync('/var/tmp/wharf-test-commit-');
after(() => {
  for (const { mountPoint } of parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))) {
    if (mountPoint.startsWith(`${scratch}/`)) unmount(mountPoint, { lazy: true });
  }
  rmSync(scratch, { recursive: true, force: true });
});

const signal = new AbortController().signal;

async function openStore(driver: 'erofs' | 'unpack') {
  const folder = mkdtempSync(join(scratch, 'store-'));
  mkdirSync(join(folder, 'exec'));
  const metadata = openMetadata(join(folder, 'metadata.db'));
  const roots = { dataRoot: join(folder, 'data'), execRoot: join(folder, 'exec') };
  const { layers, snapshots } = await openSnapshots({ ...roots, metadata, log: silentLog, driver });
  return {
    snapshots,
    async add(tar: AsyncIterable<Uint8Array>): Promise<DiffId> {
      await using ingest = await layers.ingest({}, signal);
      for await (const piece of tar) await ingest.write(piece);
      return (await ingest.finish()).diffId;
    },
    async [Symbol.asyncDispose]() {
      await snapshots.close();
      metadata.close();
    },
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Everything about a tree but what no copy keeps: inode numbers, and the times of directories. */
function describe(root: string): Map<string, string> {
  const tree = new Map<string, string>();
  const firstNames = new Map<bigint, string>();
  const visit = (path: string) => {
    for (const name of readdirSync(`${root}${path}`).sort()) {
      const at = `${path}/${name}`;
      const stats = lstatSync(`${root}${at}`, { bigint: true });
      const first = stats.isDirectory() ? at : (firstNames.get(stats.ino) ?? at);
      if (!stats.isDirectory()) firstNames.set(stats.ino, first);
      const attributes = [stats.mode, stats.uid, stats.gid, stats.rdev].map(Number);
      tree.set(at, JSON.stringify([...attributes, first, ...contentOf(`${root}${at}`)]));
      if (stats.isDirectory()) visit(at);
    }
  };
  visit('');
  return tree;
}

function contentOf(path: string): unknown[] {
  const stats = lstatSync(path);
  const attributes = listXattrs(path).filter((name) => !name.startsWith('trusted.overlay'));
  if (stats.isDirectory()) return attributes;
  if (stats.isSymbolicLink()) return [stats.mtimeMs, readlinkSync(path)];
  return [stats.mtimeMs, attributes, stats.isFile() ? sha256(readFileSync(path)) : ''];
}

/** What a comparison of the whole trees tells. */
function compare(below: string, all: string): string[] {
  const [before, now] = [describe(below), describe(all)];
  const isDirectory = (root: string, path: string) => lstatSync(`${root}${path}`).isDirectory();
  const told = new Map<string, string>();
  for (const [path, text] of now) {
    const old = before.get(path);
    // Which names share an inode is no change of a file by itself.
    const plain = (description: string) => JSON.stringify(JSON.parse(description).with(4, ''));
    if (old === undefined) told.set(path, 'A');
    else if (plain(old) !== plain(text)) told.set(path, 'C');
  }
  for (const path of before.keys()) {
    const parent = dirname(path);
    const isTop = parent === '/' || (now.has(parent) && isDirectory(all, parent));
    if (!now.has(path) && isTop) told.set(path, 'D');
  }
  for (const path of [...told.keys()]) {
    for (let at = dirname(path); at !== '/'; at = dirname(at)) if (!told.has(at)) told.set(at, 'C');
  }
  return [...told].map(([path, kind]) => `${kind} ${path}`).sort();
}

/** A small generator of numbers below a limit, the same for the same seed. */
function dice(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return Math.floor((state / 0x80000000) * limit);
  };
}

const names = ['a', 'b', 'c', 'ü', 'sp ace', '.hidden', 'x'.repeat(120)];

/** Never waits for the other end of a fifo. */
function write(path: string, content: string): void {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NONBLOCK;
  const fd = openSync(path, flags, 0o644);
  try {
    writeFileSync(fd, content);
  } finally {
    closeSync(fd);
  }
}

/** Does one of the things that programs do to files; what does not work out is no change. */
function change(root: string, roll: (limit: number) => number): void {
  const path = () => {
    const depth = 1 + roll(3);
    return join(root, ...Array.from({ length: depth }, () => names[roll(names.length)] ?? 'a'));
  };
  const acts = [
    (at: string) => mkdirSync(at, { recursive: true, mode: roll(2) === 0 ? 0o755 : 0o2770 }),
    (at: string) => write(at, `${'content'.repeat(roll(2000))}${roll(1000)}`),
    (at: string) => rmSync(at, { recursive: true }),
    (at: string) => {
      rmSync(at, { recursive: true });
      mkdirSync(at);
    },
    (at: string) => symlinkSync(path(), at),
    (at: string) => linkSync(path(), at),
    (at: string) => renameSync(path(), at),
    (at: string) => chmodSync(at, roll(0o7777)),
    (at: string) => chownSync(at, roll(3000), roll(3)),
    (at: string) => makeNode({ path: at, type: 'fifo', mode: 0o640 }),
    (at: string) => makeNode({ path: at, type: 'character', mode: 0o600, major: 1, minor: 1 + roll(8) }),
    (at: string) => setXattr(at, 'user.note', Buffer.from(`n${roll(9)}`)),
    (at: string) => utimesSync(at, 1_500_000_000, 1_500_000_000 + roll(99)),
    (at: string) => truncateSync(at, roll(100_000)),
  ];
  try {
    acts[roll(acts.length)]?.(path());
  } catch {
    // Of a path that is not there, or of another kind.
  }
}

async function view<T>(
  snapshots: Snapshots,
  key: string,
  look: (all: string, below: string) => T,
): Promise<T> {
  await using all = await snapshots.view(key, 'all');
  await using below = await snapshots.view(key, 'layers');
  return look(all.path, below.path);
}

for (const driver of ['erofs', 'unpack'] as const) {
  test(`${driver}: random changes are told in full, and their layer gives the same tree`, async () => {
    await using store = await openStore(driver);
    const { snapshots } = store;
    for (let seed = 1; seed <= 6; seed++) {
      const roll = dice(seed * 7919);
      const layers: DiffId[] = [await store.add(once(makeTar([{ path: 'a/', type: 'directory' }])))];
      for (let depth = 0; depth < 3; depth++) {
        const key = `s${seed}-${depth}`;
        await snapshots.prepare(key, layers);
        {
          await using root = await snapshots.open(key);
          for (let step = 0; step < 120; step++) change(root.path, roll);
        }
        const [tree, full] = await view(snapshots, key, (all, below) => [describe(all), compare(below, all)]);
        const changes = await listChanges(snapshots, key);
        const told = changes.map(({ Path, Kind }) => `${'CAD'[Kind]} ${Path}`);
        assert.deepEqual(told.toSorted(), full, `seed ${seed}, layer ${depth}`);
        assert.deepEqual(
          told.map((line) => line.slice(2)),
          inOrder(told),
          `seed ${seed}, layer ${depth}`,
        );
        layers.push(await store.add(encodeTar(layerMembers(snapshots.upperDir(key), signal))));
        await snapshots.prepare(`${key}-copy`, layers);
        const copy = await view(snapshots, `${key}-copy`, (all) => describe(all));
        assert.deepEqual(Object.fromEntries(copy), Object.fromEntries(tree), `seed ${seed}, layer ${depth}`);
      }
      const flat = `s${seed}-flat`;
      {
        await using all = await snapshots.view(`s${seed}-2`, 'all');
        await snapshots.prepare(flat, [await store.add(encodeTar(walkChildren(all.path)))]);
      }
      const exported = await view(snapshots, flat, (all) => describe(all));
      const merged = await view(snapshots, `s${seed}-2`, (all) => describe(all));
      assert.deepEqual(Object.fromEntries(exported), Object.fromEntries(merged), `seed ${seed}, exported`);
    }
  });
}

/** The paths as a walk comes to them: a directory, then what is in it. */
function inOrder(told: readonly string[]): string[] {
  const key = (path: string) => path.split('/').join('\0');
  const paths = told.map((line) => line.slice(2));
  return paths.toSorted((a, b) => (key(a) < key(b) ? -1 : 1));
}
