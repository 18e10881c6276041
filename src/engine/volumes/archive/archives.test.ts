import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  active,
  archives,
  at,
  bytesOf,
  checkCargo,
  checkIdle,
  makeCargo,
  never,
  root,
  stream,
  tarOf,
  useArchives,
  volumes,
} from './testing/use-archives.ts';

useArchives();

test('import() of what export() gave makes the same volume', async () => {
  await makeCargo();
  const tar = await bytesOf(await archives.export('cargo', {}, never));
  assert.ok(tar.length < 1 << 20, 'holes are not sent');
  assert.equal((await archives.import('copy', stream(tar), { force: false })).name, 'copy');
  checkCargo('copy');
  await checkIdle();
});

test('clone() copies content and labels, into an empty volume too', async () => {
  await makeCargo();
  const { labels } = await archives.clone('cargo', { name: 'copy' }, never);
  assert.deepEqual(labels, { deck: 'low' });
  checkCargo('copy');
  await volumes.create({ name: 'empty' });
  await archives.clone('cargo', { name: 'empty' }, never);
  checkCargo('empty');
  await assert.rejects(archives.clone('cargo', { name: 'empty' }, never), /volume empty is not empty/);
  await assert.rejects(archives.clone('cargo', { name: 'cargo' }, never), /volume cargo is not empty/);
  await assert.rejects(archives.clone('none', { name: 'other' }, never), { kind: 'notFound' });
  await checkIdle();
});

test('import() replaces a content only when forced, and never under a running container', async () => {
  await makeCargo();
  await volumes.create({ name: 'full' });
  writeFileSync(at('full', 'old'), 'kept');
  volumes.acquire('full', 'c1');
  const tar = await bytesOf(await archives.export('cargo', {}, never));
  await assert.rejects(archives.import('full', stream(tar), { force: false }), /volume full is not empty/);
  active.add('c1');
  await assert.rejects(
    archives.import('full', stream(tar), { force: true }),
    /volume full is used by running containers: c1/,
  );
  assert.equal(readFileSync(at('full', 'old'), 'utf8'), 'kept');
  active.clear();
  await archives.import('full', stream(tar), { force: true });
  checkCargo('full');
  await checkIdle();
});

test('import() leaves nothing of an archive that is no good', async () => {
  await makeCargo();
  const tar = await bytesOf(await archives.export('cargo', {}, never));
  const broken = tar.subarray(0, 2000);
  await assert.rejects(archives.import('new', stream(broken), { force: false }), { kind: 'invalid' });
  await assert.rejects(volumes.inspect('new'), { kind: 'notFound' });
  await assert.rejects(archives.import('cargo', stream(broken), { force: true }), { kind: 'invalid' });
  checkCargo('cargo');
  await assert.rejects(archives.import('a/b', stream(tar), { force: false }), { kind: 'invalid' });
  await checkIdle();
});

test('import() of what does not tell of the top leaves that to whom it belongs', async () => {
  await makeCargo();
  const before = Date.now() - 5_000;
  await archives.import('cargo', tarOf([{ name: 'one' }]), { force: true });
  const { mode, mtimeMs } = statSync(at('cargo'));
  assert.equal(mode & 0o7777, 0o711);
  assert.ok(mtimeMs > before);
});

test('import() takes nothing, or what was cut off between two members, for no archive', async () => {
  await makeCargo();
  const whole = await bytesOf(tarOf([{ name: 'one' }, { name: 'two' }]));
  for (const length of [0, 512, 1024]) {
    const cut = stream(whole.subarray(0, length));
    await assert.rejects(archives.import('cargo', cut, { force: true }), /unexpected EOF/, String(length));
  }
  checkCargo('cargo');
});

test('import() keeps members that climb or lead away inside the volume', async () => {
  const folder = join(root, 'outside');
  mkdirSync(folder);
  const members = [
    { name: '../../climbs' },
    { name: 'away', type: 'symlink', linkName: folder },
    { name: 'hard', type: 'hardlink', linkName: '../../climbs' },
  ] as const;
  await archives.import('new', tarOf(members), { force: false });
  assert.deepEqual(readdirSync(at('new')).sort(), ['away', 'climbs', 'hard']);
  const through = [...members, { name: 'away/x' }];
  await assert.rejects(archives.import('next', tarOf(through), { force: false }), { kind: 'invalid' });
  assert.deepEqual(readdirSync(folder), []);
  await assert.rejects(
    archives.import('vast', tarOf([{ name: 'x', sizeBytes: 2 ** 52, extents: [] }]), { force: false }),
    /no file has 4503599627370496 bytes/,
  );
  await checkIdle();
});

test('export() keeps its volume from being removed', async () => {
  await makeCargo();
  const pieces = (await archives.export('cargo', {}, never))[Symbol.asyncIterator]();
  await pieces.next();
  await assert.rejects(volumes.remove('cargo'), /volume is in use - \[archive-/);
  await assert.rejects(volumes.rename('cargo', 'other'), { kind: 'conflict' });
  await pieces.return?.();
  await volumes.rename('cargo', 'other');
  checkCargo('other');
});

test('snapshot() keeps what was, sharing what has not changed; restore() brings it back', async () => {
  await makeCargo();
  const first = await archives.snapshot('cargo', 'first', never);
  writeFileSync(at('cargo', 'holes'), 'other');
  writeFileSync(at('cargo', 'more'), '');
  const second = await archives.snapshot('cargo', '', never);
  assert.match(second.name, /^\d{8}-\d{6}$/);
  assert.deepEqual(archives.snapshots('cargo'), [second, first]);
  const inodeOf = ({ id }: { id: string }, name: string) => statSync(join(root, '.snapshots', id, name)).ino;
  if (process.getuid?.() === 0) assert.equal(inodeOf(first, 'hold/grain'), inodeOf(second, 'hold/grain'));
  assert.notEqual(inodeOf(first, 'holes'), inodeOf(second, 'holes'));
  await assert.rejects(archives.restore('cargo', 'first', { force: false }), /volume cargo is not empty/);
  await archives.restore('cargo', 'first', { force: true });
  checkCargo('cargo');
  await archives.restore('copy', 'cargo@first', { force: false });
  checkCargo('copy');
  assert.notEqual(statSync(at('copy', 'twin')).ino, statSync(at('cargo', 'twin')).ino);
  writeFileSync(at('copy', 'twin'), 'changed');
  await volumes.remove('cargo');
  await archives.restore('cargo', first.id, { force: false });
  checkCargo('cargo');
  await assert.rejects(archives.snapshot('cargo', 'first', never), { kind: 'conflict' });
  await assert.rejects(archives.snapshot('cargo', '../x', never), { kind: 'invalid' });
  await assert.rejects(archives.snapshot('none', 'x', never), { kind: 'notFound' });
  await archives.removeSnapshot(first.id);
  await archives.removeSnapshot(`cargo@${second.name}`);
  await assert.rejects(archives.removeSnapshot(first.id), { kind: 'notFound' });
  assert.deepEqual(readdirSync(join(root, '.snapshots')), []);
  mkdirSync(join(root, '.snapshots', '.making-x'));
  await archives.reconcile();
  assert.deepEqual(readdirSync(join(root, '.snapshots')), []);
  await checkIdle();
});

test('names that are no text stay what they are', async () => {
  await volumes.create({ name: 'cargo' });
  const names = [0xfe, 0xff].map((byte) => Buffer.from([0x61, byte]));
  const pathOf = (name: Buffer, ...rest: Buffer[]) =>
    Buffer.concat([Buffer.from(`${at('cargo')}/`), name, ...rest]);
  for (const name of names) mkdirSync(pathOf(name));
  writeFileSync(pathOf(names[0] ?? Buffer.alloc(0), Buffer.from('/'), names[1] ?? Buffer.alloc(0)), 'kept');
  await archives.clone('cargo', { name: 'copy' }, never);
  const tar = await bytesOf(await archives.export('cargo', {}, never));
  await archives.import('back', stream(tar), { force: false });
  for (const volume of ['copy', 'back']) {
    assert.deepEqual(readdirSync(at(volume), { encoding: 'buffer' }).sort(Buffer.compare), names);
    const inner = Buffer.concat([Buffer.from(`${at(volume)}/`), names[0] ?? Buffer.alloc(0)]);
    assert.deepEqual(readdirSync(inner, { encoding: 'buffer' }), [names[1]]);
  }
});
