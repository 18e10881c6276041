import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { type DiffId, silentLog } from '#base';
import { encodeTar, readTarStream, type TarEntry } from '#oci';
import { openMetadata } from '#store/metadata';
import { openSnapshots } from '#store/snapshots';
import { type TarEntry as Given, makeTar } from '../fixtures/tar.ts';

const signal = new AbortController().signal;
const scratch = mkdtempSync(join(tmpdir(), 'wharf-test-flatten-'));
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

async function keep(tar: AsyncIterable<Uint8Array> | readonly Uint8Array[]): Promise<DiffId> {
  await using ingest = await layers.ingest({}, signal);
  for await (const piece of tar) await ingest.write(piece);
  return (await ingest.finish()).diffId;
}

const layer = (...entries: readonly Given[]) => keep([makeTar(entries)]);
const flatten = (stack: readonly DiffId[]) => keep(encodeTar(layers.flatten(stack, signal)));

async function members(stack: readonly DiffId[]): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  for await (const item of readTarStream(encodeTar(layers.flatten(stack, signal)))) {
    if (item.kind === 'entry') entries.push(item.entry);
  }
  return entries;
}

const base = await layer(
  { path: 'bin/', type: 'directory', mode: 0o750 },
  { path: 'bin/sh', content: 'shell', mode: 0o4755, uid: 7, gid: 8 },
  { path: 'bin/ash', type: 'hardlink', target: 'bin/sh' },
  { path: 'etc/hosts', content: 'localhost' },
  { path: 'etc/mtab', type: 'symlink', target: '/proc/mounts' },
  { path: 'var/lib/a', content: 'a'.repeat(100_000) },
);

test('flatten() shows a container the same as the stack, in one layer', async () => {
  const top = await layer(
    { path: 'bin/.wh.ash' },
    { path: 'etc/.wh..wh..opq' },
    { path: 'etc/passwd', content: 'root' },
    { path: 'var', content: 'no directory any more' },
    { path: 'new/', type: 'directory' },
    { path: 'new/one', content: '1' },
    { path: 'new/two', type: 'hardlink', target: 'new/one' },
  );
  const stack = [base, top];
  const flat = await flatten(stack);
  assert.deepEqual(await layers.compare([flat], stack, signal), []);
  assert.equal(await flatten(stack), flat);
  assert.equal(await flatten([flat]), flat);
  const names = (await members(stack)).map(({ type, name }) => `${type} ${name}`);
  assert.deepEqual(names, [
    ...['directory bin/', 'file bin/sh', 'directory etc/', 'file etc/passwd'],
    ...['directory new/', 'file new/one', 'hardlink new/two', 'file var'],
  ]);
});

test('flatten() keeps a file whose first name is hidden, with its attributes', async () => {
  const top = await layer({ path: 'bin/.wh.sh' });
  const kept = (await members([base, top])).find(({ name }) => name === 'bin/ash');
  assert.ok(kept);
  const { type, mode, uid, gid, sizeBytes } = kept;
  assert.deepEqual([type, mode, uid, gid, sizeBytes], ['file', 0o4755, 7, 8, 5]);
});

test('flatten() of nothing is an empty archive', async () => {
  assert.deepEqual(await members([]), []);
});

test('flatten() ends when its caller leaves', async () => {
  const left = AbortSignal.abort(new Error('left'));
  await assert.rejects(async () => {
    for await (const _ of layers.flatten([base], left));
  }, /left/);
});
