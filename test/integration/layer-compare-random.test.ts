/** compare() beside a walk through what the kernel shows of the same layers, for random ones. Needs root. */
import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type DiffId, silentLog } from '#base';
import { parseMountInfo, unmount } from '#linux';
import { openMetadata } from '#store/metadata';
import { openSnapshots, type TreeChange } from '#store/snapshots';
import { makeTar, type TarEntry } from '../fixtures/tar.ts';

const signal = new AbortController().signal;
const scratch = mkdtempSync('/var/tmp/wharf-test-compare-');
const execRoot = join(scratch, 'exec');
mkdirSync(execRoot);
const { layers, snapshots } = await openSnapshots({
  dataRoot: join(scratch, 'data'),
  execRoot,
  metadata: openMetadata(':memory:'),
  log: silentLog,
});
after(async () => {
  await snapshots.close();
  for (const { mountPoint } of parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))) {
    if (mountPoint.startsWith(`${scratch}/`)) unmount(mountPoint, { lazy: true });
  }
  rmSync(scratch, { recursive: true, force: true });
});

/** Numbers that look random and are the same for the same seed. */
function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Entries of one layer: few names, so that layers meet in them. */
function randomEntries(random: (below: number) => number): TarEntry[] {
  const entries = new Map<string, TarEntry>();
  const directories = new Set(['']);
  for (let count = random(14); count >= 0; count--) {
    const folder = [...directories][random(directories.size)] ?? '';
    const name = 'abcd'[random(4)] ?? 'a';
    const path = `${folder}${name}`;
    if ([...entries.keys()].some((other) => other === path || other.startsWith(`${path}/`))) continue;
    const owner = { uid: random(2), gid: random(2) };
    const kind = random(8);
    if (kind < 3) {
      entries.set(`${path}/`, { path: `${path}/`, type: 'directory', mode: 0o750 + random(2), ...owner });
      directories.add(`${path}/`);
      if (random(4) === 0) entries.set(`${path}/.wh..wh..opq`, { path: `${path}/.wh..wh..opq` });
    } else if (kind === 3) entries.set(path, { path: `${folder}.wh.${name}` });
    else if (kind === 4) entries.set(path, { path, type: 'symlink', target: `t${random(2)}` });
    else if (kind === 5) entries.set(path, { path, type: 'character', device: [1, 3 + random(2)] });
    else entries.set(path, { path, content: 'xyz'.slice(random(3)), mode: 0o640 + random(2), ...owner });
  }
  return [...entries.values()];
}

async function keep(entries: readonly TarEntry[]): Promise<DiffId> {
  const ingest = await layers.ingest({}, signal);
  await ingest.write(makeTar(entries));
  return (await ingest.finish()).diffId;
}

/** What the kernel shows: a description of each file by its path. */
async function look(key: string, stack: readonly DiffId[]): Promise<Map<string, string>> {
  await snapshots.prepare(key, stack);
  await using root = await snapshots.view(key, 'layers');
  const seen = new Map<string, string>();
  const walk = (path: string) => {
    for (const name of readdirSync(root.path + path)) {
      const below = `${path}/${name}`;
      seen.set(below, describe(root.path + below));
      if (lstatSync(root.path + below).isDirectory()) walk(below);
    }
  };
  walk('');
  return seen;
}

function describe(path: string): string {
  const stats = lstatSync(path);
  const content = stats.isFile()
    ? readFileSync(path, 'utf8')
    : stats.isSymbolicLink()
      ? readlinkSync(path)
      : '';
  return [stats.mode, stats.uid, stats.gid, stats.rdev, content].join(' ');
}

function expected(before: ReadonlyMap<string, string>, young: ReadonlyMap<string, string>): string[] {
  const isBelowDeleted = (path: string) => {
    const parent = path.slice(0, path.lastIndexOf('/'));
    return parent !== '' && (!young.has(parent) || !isDirectory(young.get(parent)));
  };
  const deleted = [...before.keys()].filter((path) => !young.has(path) && !isBelowDeleted(path));
  const added = [...young.keys()].filter((path) => !before.has(path));
  const modified = [...young].filter(([path, text]) => before.has(path) && before.get(path) !== text);
  return [
    ...deleted.map((path) => `deleted ${path}`),
    ...added.map((path) => `added ${path}`),
    ...modified.map(([path]) => `modified ${path}`),
  ].sort();
}

function isDirectory(description = ''): boolean {
  return (Number(description.split(' ')[0]) & 0o170000) === 0o040000;
}

const text = ({ kind, path }: TreeChange) => `${kind} ${path}`;

test('compare() tells what a walk through the mounted layers finds, for random layers', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = randomNumbers(seed);
    const pool: DiffId[] = [];
    for (let index = 0; index < 4; index++) pool.push(await keep(randomEntries(random)));
    const stack = () =>
      Array.from({ length: random(4) }, () => pool[random(pool.length)]).filter((id) => id !== undefined);
    const [before, young] = [[...new Set(stack())], [...new Set(stack())]];
    const [old, now] = [await look(`old${seed}`, before), await look(`now${seed}`, young)];
    const told = (await layers.compare(before, young, signal)).map(text).sort();
    assert.deepEqual(told, expected(old, now), `seed ${seed}`);
  }
});
