import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type DiffId, silentLog } from '#base';
import { openMetadata } from '#store/metadata';
import { openSnapshots } from '#store/snapshots';
import { makeTar, type TarEntry } from '../fixtures/tar.ts';

const signal = new AbortController().signal;
const scratch = mkdtempSync(join(tmpdir(), 'wharf-test-compare-'));
const { layers, snapshots } = await openSnapshots({
  dataRoot: join(scratch, 'data'),
  execRoot: join(scratch, 'exec'),
  metadata: openMetadata(':memory:'),
  log: silentLog,
  driver: 'unpack',
});
after(async () => {
  await snapshots.close();
  rmSync(scratch, { recursive: true, force: true });
});

async function keep(...entries: readonly TarEntry[]): Promise<DiffId> {
  await using ingest = await layers.ingest({}, signal);
  await ingest.write(makeTar(entries));
  return (await ingest.finish()).diffId;
}

/** Differences as `docker diff` writes them, with the change of size. */
async function compare(before: readonly DiffId[], young: readonly DiffId[]): Promise<string[]> {
  const letters = { added: 'A', modified: 'C', deleted: 'D' } as const;
  const changes = await layers.compare(before, young, signal);
  return changes.map(({ kind, path, sizeChange }) => `${letters[kind]} ${path} ${sizeChange}`);
}

const base = await keep(
  { path: 'bin/', type: 'directory' },
  { path: 'bin/sh', content: 'shell', mode: 0o755 },
  { path: 'bin/ash', type: 'hardlink', target: 'bin/sh' },
  { path: 'etc/', type: 'directory' },
  { path: 'etc/hosts', content: 'localhost' },
  { path: 'etc/mtab', type: 'symlink', target: '/proc/mounts' },
  { path: 'var/lib/a', content: 'aa' },
  { path: 'var/lib/b', content: 'bbb' },
);

test('compare() of a stack with itself, or with more on top, tells only what differs', async () => {
  assert.deepEqual(await compare([base], [base]), []);
  assert.deepEqual(await compare([], []), []);
  const top = await keep(
    { path: 'etc/hosts', content: 'localhost and more' },
    { path: 'opt/tool/', type: 'directory' },
    { path: 'opt/tool/run', content: '#!' },
  );
  const changes = ['C /etc/hosts 9', 'A /opt 0', 'A /opt/tool 0', 'A /opt/tool/run 2'];
  assert.deepEqual(await compare([base], [base, top]), changes);
  assert.deepEqual(await compare([base, top], [base]), ['C /etc/hosts -9', 'D /opt -2']);
});

test('compare() sees through whiteouts and opaque directories', async () => {
  const top = await keep(
    { path: 'etc/.wh.hosts' },
    { path: 'var/lib/', type: 'directory' },
    { path: 'var/lib/.wh..wh..opq' },
    { path: 'var/lib/b', content: 'bbb' },
    { path: '.wh.bin' },
  );
  assert.deepEqual(await compare([base], [base, top]), ['D /bin -10', 'D /etc/hosts -9', 'D /var/lib/a -2']);
  const again = await keep({ path: 'bin/', type: 'directory' }, { path: 'bin/new', content: 'n' });
  assert.deepEqual(await compare([base, top], [base, top, again]), ['A /bin 0', 'A /bin/new 1']);
  assert.deepEqual(await compare([base], [base, top, again]), [
    'D /bin/ash -5',
    'A /bin/new 1',
    'D /bin/sh -5',
    'D /etc/hosts -9',
    'D /var/lib/a -2',
  ]);
});

test('compare() tells content, permissions, owners, targets and types, but not times', async () => {
  const top = await keep(
    { path: 'bin/sh', content: 'shelL', mode: 0o755 },
    { path: 'etc/hosts', content: 'localhost', mtime: 5 },
    { path: 'etc/mtab', type: 'symlink', target: '/proc/self/mounts' },
    { path: 'var/lib/a', content: 'aa', mode: 0o600 },
    { path: 'var/lib/b', content: 'bbb', uid: 7 },
  );
  const changes = ['C /bin/sh 0', 'C /etc/mtab 0', 'C /var/lib/a 0', 'C /var/lib/b 0'];
  assert.deepEqual(await compare([base], [base, top]), changes);
  const swapped = await keep(
    { path: 'etc', content: 'a file' },
    { path: 'bin/sh', type: 'character', device: [1, 3] },
    { path: 'bin/ash/', type: 'directory' },
    { path: 'bin/ash/in', content: 'x' },
  );
  assert.deepEqual(await compare([base], [base, swapped]), [
    'C /bin/ash -5',
    'A /bin/ash/in 1',
    'C /bin/sh -5',
    'C /etc 6',
  ]);
});

test('compare() reads long files and full directories whole', async () => {
  const long = Buffer.alloc(700_001, 'x');
  const changed = Buffer.from(long);
  changed[700_000] = 1;
  const names = Array.from({ length: 500 }, (_, index) => `many/file-number-${index}`);
  const files = names.map((path) => ({ path, content: path }));
  const before = await keep({ path: 'long', content: long }, { path: 'same', content: long }, ...files);
  const young = await keep(
    { path: 'long', content: changed },
    { path: 'same', content: long },
    ...files.slice(1),
  );
  assert.deepEqual(await compare([before], [young]), ['C /long 0', 'D /many/file-number-0 -18']);
});

test('compare() takes names that are no UTF-8, and links and names that are long', async () => {
  const target = 't'.repeat(90);
  const before = await keep({ path: 'link', type: 'symlink', target }, { path: 'ü', content: '1' });
  const young = await keep(
    { path: 'link', type: 'symlink', target: `${target}x` },
    { path: 'ü', content: '2' },
  );
  assert.deepEqual(await compare([before], [young]), ['C /link 0', 'C /ü 0']);
});

test('compare() refuses a layer that is not here', async () => {
  await assert.rejects(compare([base], [`sha256:${'0'.repeat(64)}` as DiffId]), /layer sha256:0+ not found/);
});
