import assert from 'node:assert/strict';
import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { nowNs, silentLog } from '#base';
import { encodeTar, plainEntry, type TarEntry, type TarMembers } from '#oci';
import { type Metadata, openMetadata } from '#store/metadata';
import { noForeignDrivers } from '../drivers/drivers.ts';
import { VolumeEngine } from '../volumes.ts';
import { ArchiveEngine } from './archives.ts';
import { WorkTable } from './work-table.ts';

let root: string;
let metadata: Metadata;
let volumes: VolumeEngine;
let archives: ArchiveEngine;
const never = new AbortController().signal;
const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
const renamed: string[] = [];
/** Containers that run, and that are being started. */
const active = new Set<string>();
const starting = new Set<string>();

beforeEach(() => {
  root = mkdtempSync('/var/tmp/wharf-test-archives-');
  metadata = openMetadata(':memory:');
  const users = {
    isActive: (user: string) => active.has(user),
    isSettled: (user: string) => !user.startsWith('archive-') && !starting.has(user),
    volumeRenamed: (...names: string[]) => renamed.push(names.join(' ')),
  };
  const events = { publish() {} };
  volumes = new VolumeEngine({ metadata, events, root, log: silentLog, foreign: noForeignDrivers, users });
  archives = new ArchiveEngine({
    metadata,
    volumes,
    log: silentLog,
    snapshotRoot: join(root, '.snapshots'),
    // As if the files had been there for long.
    now: () => nowNs() + 5_000_000_000n,
    isActive: users.isActive,
  });
});
afterEach(() => {
  metadata.close();
  for (const set of [active, starting]) set.clear();
  renamed.length = 0;
  rmSync(root, { recursive: true });
});

const at = (volume: string, ...path: string[]) => join(root, volume, '_data', ...path);

async function bytesOf(tar: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(new Uint8Array(part));
  return Buffer.concat(parts);
}

async function* stream(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += 1000) yield bytes.subarray(from, from + 1000);
}

async function* tarOf(entries: readonly (Partial<TarEntry> & { readonly name: string })[]) {
  async function* members(): TarMembers {
    for (const entry of entries)
      yield { kind: 'entry', entry: { ...plainEntry(''), mode: 0o644, ...own, ...entry } };
  }
  yield* encodeTar(members());
}

/** A volume with something of every kind that needs no rights to make. */
async function makeCargo(): Promise<void> {
  await volumes.create({ name: 'cargo', labels: { deck: 'low' } });
  mkdirSync(at('cargo', 'hold'), { mode: 0o750 });
  writeFileSync(at('cargo', 'hold', 'grain'), 'wheat');
  linkSync(at('cargo', 'hold', 'grain'), at('cargo', 'twin'));
  symlinkSync('hold/grain', at('cargo', 'link'));
  writeFileSync(at('cargo', 'holes'), 'head');
  truncateSync(at('cargo', 'holes'), 8 << 20);
  chmodSync(at('cargo'), 0o711);
  utimesSync(at('cargo', 'hold'), 1_600_000_000, 1_600_000_000);
}

function checkCargo(volume: string): void {
  assert.deepEqual(readdirSync(at(volume)).sort(), ['hold', 'holes', 'link', 'twin']);
  assert.equal(readFileSync(at(volume, 'link'), 'utf8'), 'wheat');
  assert.equal(statSync(at(volume, 'twin')).ino, statSync(at(volume, 'hold', 'grain')).ino);
  const holes = statSync(at(volume, 'holes'));
  assert.equal(holes.size, 8 << 20);
  assert.ok(holes.blocks < 100);
  const hold = statSync(at(volume, 'hold'));
  assert.deepEqual([hold.mode & 0o7777, hold.mtimeMs], [0o750, 1_600_000_000_000]);
  assert.equal(statSync(at(volume)).mode & 0o7777, 0o711);
}

/** That no work is under way, and nothing of it is left. */
async function checkIdle(): Promise<void> {
  assert.deepEqual(new WorkTable(metadata).all(), []);
  for (const { name, users } of (await volumes.list()).volumes) {
    assert.deepEqual(
      users.filter((user) => user.startsWith('archive-')),
      [],
    );
    assert.deepEqual(
      readdirSync(at(name)).filter((child) => child.startsWith('.wharf')),
      [],
    );
  }
}

test('import() of what export() gave makes the same volume', async () => {
  await makeCargo();
  const tar = await bytesOf(await archives.export('cargo', never));
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
  const tar = await bytesOf(await archives.export('cargo', never));
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
  const tar = await bytesOf(await archives.export('cargo', never));
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
  const pieces = (await archives.export('cargo', never))[Symbol.asyncIterator]();
  await pieces.next();
  await assert.rejects(volumes.remove('cargo'), /volume is in use - \[archive-/);
  await assert.rejects(volumes.rename('cargo', 'other'), { kind: 'conflict' });
  await pieces.return?.();
  await volumes.rename('cargo', 'other');
  checkCargo('other');
});

test('reconcile() undoes what was being put together, and finishes what was complete', async () => {
  for (const phase of ['reading', 'filling', 'complete', 'cleared'] as const) {
    await volumes.create({ name: phase });
    const work = new WorkTable(metadata).begin(phase, phase);
    volumes.acquire(phase, work.user);
    writeFileSync(at(phase, 'old'), '');
    const stage = at(phase, `.wharf-${work.user}`);
    if (phase === 'reading') continue;
    for (const part of ['new', 'old']) mkdirSync(join(stage, part), { recursive: true });
    writeFileSync(join(stage, 'new', 'young'), '');
    if (phase === 'cleared') rmSync(at(phase, 'old'));
  }
  const work = new WorkTable(metadata).begin('made', 'filling', { isNew: true });
  await volumes.create({ name: 'made' });
  volumes.acquire('made', work.user);
  new WorkTable(metadata).begin('unborn', 'filling', { isNew: true });
  await archives.reconcile();
  const left = (await volumes.list()).volumes.map(({ name }) => [name, ...readdirSync(at(name))]);
  assert.deepEqual(left, [
    ['cleared', 'young'],
    ['complete', 'young'],
    ['filling', 'old'],
    ['reading', 'old'],
  ]);
  await checkIdle();
});

test('reconcile() brings the time of the top back, however far the old content has gone', async () => {
  const table = new WorkTable(metadata);
  for (const parts of [['new', 'old'], ['old'], []]) {
    const name = `left-${parts.length}`;
    await volumes.create({ name });
    const work = table.clear(table.complete(table.begin(name, 'filling'), 1_600_000_000_500_000_000n));
    volumes.acquire(name, work.user);
    for (const part of parts) mkdirSync(at(name, `.wharf-${work.user}`, part), { recursive: true });
  }
  await archives.reconcile();
  for (const name of ['left-2', 'left-1', 'left-0']) {
    assert.equal(statSync(at(name)).mtimeMs, 1_600_000_000_500, name);
  }
  await checkIdle();
});

test('import() that fails leaves the volume it has made to who uses it meanwhile', async () => {
  const broken = async function* () {
    volumes.acquire('cargo', 'c1');
    yield Buffer.from('no archive');
  };
  await assert.rejects(archives.import('cargo', broken(), { force: false }), /tar|archive|EOF/);
  assert.deepEqual((await volumes.inspect('cargo')).users, ['c1']);
  assert.deepEqual(readdirSync(at('cargo')), []);
  await checkIdle();
});

test('rename() takes the users along, and is finished by reconcile()', async () => {
  const { name } = await volumes.create({});
  volumes.acquire(name, 'c1');
  const { name: newName, anonymous, users } = await volumes.rename(name, 'kept');
  assert.deepEqual([newName, anonymous, users], ['kept', false, ['c1']]);
  assert.deepEqual(renamed, [`${name} kept ${at('kept')}`]);
  await volumes.create({ name: 'taken' });
  await assert.rejects(volumes.rename('kept', 'taken'), /rename kept: a volume taken exists already/);
  await assert.rejects(volumes.rename('kept', 'kept'), { kind: 'conflict' });
  await assert.rejects(volumes.rename('kept', 'a/b'), { kind: 'invalid' });
  await assert.rejects(volumes.rename('none', 'other'), { kind: 'notFound' });
  starting.add('c1');
  await assert.rejects(volumes.rename('kept', 'other'), { kind: 'conflict' });
  metadata.run("INSERT INTO volume_rename (name, new_name) VALUES ('kept', 'other')");
  await volumes.reconcile();
  assert.deepEqual((await volumes.inspect('other')).users, ['c1']);
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
  const tar = await bytesOf(await archives.export('cargo', never));
  await archives.import('back', stream(tar), { force: false });
  for (const volume of ['copy', 'back']) {
    assert.deepEqual(readdirSync(at(volume), { encoding: 'buffer' }).sort(Buffer.compare), names);
    const inner = Buffer.concat([Buffer.from(`${at(volume)}/`), names[0] ?? Buffer.alloc(0)]);
    assert.deepEqual(readdirSync(inner, { encoding: 'buffer' }), [names[1]]);
  }
});
