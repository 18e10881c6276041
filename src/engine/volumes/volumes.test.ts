import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { type Filter, silentLog } from '#base';
import type { EngineFact } from '#engine/events';
import { type Metadata, openMetadata } from '#store/metadata';
import { noForeignDrivers } from './drivers/drivers.ts';
import { PluginDrivers } from './drivers/plugin/plugin-drivers.ts';
import { noUsers } from './testing/no-users.ts';
import { startPlugin } from './testing/plugin.ts';
import { VolumeEngine, type VolumeRooms } from './volumes.ts';

let root: string;
let metadata: Metadata;
let rooms: VolumeRooms;
let volumes: VolumeEngine;
let onFact: (fact: EngineFact) => void;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'wt-volumes-'));
  metadata = openMetadata(':memory:');
  onFact = () => undefined;
  const events = { publish: (fact: EngineFact) => onFact(fact) };
  rooms = { metadata, events, root, log: silentLog, foreign: noForeignDrivers, users: noUsers };
  volumes = new VolumeEngine(rooms);
});
afterEach(() => {
  metadata.close();
  rmSync(root, { recursive: true });
});

async function names(filter: Filter = {}): Promise<string[]> {
  return (await volumes.list(filter)).volumes.map((volume) => volume.name);
}

test('create() makes the directory NAME/_data and returns the same volume again', async () => {
  const volume = await volumes.create({ name: 'hold', labels: { deck: 'low' } });
  assert.equal(volume.mountpoint, join(root, 'hold', '_data'));
  assert.ok(existsSync(volume.mountpoint));
  assert.deepEqual(await volumes.create({ name: 'hold', labels: { deck: 'high' } }), volume);
});

test('create() without a name makes an anonymous volume of 64 hex digits', async () => {
  const volume = await volumes.create({});
  assert.match(volume.name, /^[0-9a-f]{64}$/);
  assert.equal(volume.anonymous, true);
});

test('create() refuses bad names, drivers and options', async () => {
  await assert.rejects(
    volumes.create({ name: 'a/b' }),
    /"a\/b" includes invalid characters for a local volume name/,
  );
  await assert.rejects(
    volumes.create({ name: 'hold', driver: 'nfs' }),
    /^EngineError: create hold: error looking up volume plugin nfs: plugin "nfs" not found/,
  );
  await assert.rejects(volumes.create({ name: 'hold', options: { color: '1' } }), /invalid option: "color"/);
});

test('remove() refuses a volume in use, naming the users', async () => {
  await volumes.create({ name: 'hold' });
  volumes.acquire('hold', 'c1');
  await assert.rejects(volumes.remove('hold', { force: true }), /remove hold: volume is in use - \[c1\]/);
  volumes.release('c1');
  await volumes.remove('hold');
  assert.equal(existsSync(join(root, 'hold')), false);
  await assert.rejects(volumes.remove('hold'), /get hold: no such volume/);
  await volumes.remove('hold', { force: true });
});

test('a name as long as that of a file can be created and removed', async () => {
  const name = 'a'.repeat(255);
  await volumes.create({ name });
  await volumes.remove(name);
  assert.deepEqual(await names(), []);
});

test('removeOrphan() removes an anonymous volume when nobody uses it any more', async () => {
  const { name } = await volumes.create({});
  await volumes.create({ name: 'hold' });
  volumes.acquire(name, 'c1');
  volumes.acquire(name, 'c2');
  volumes.release('c1');
  await volumes.removeOrphan(name);
  assert.equal((await volumes.inspect(name)).name, name);
  volumes.release('c2');
  for (const orphan of [name, name, 'hold']) await volumes.removeOrphan(orphan);
  assert.deepEqual(await names(), ['hold']);
});

test('removeOrphan() leaves one that somebody works on', async () => {
  const { name } = await volumes.create({ options: { type: 'none', o: 'bind', device: root } });
  rooms.metadata.run('INSERT INTO volume_mount (volume, user) VALUES (?, ?)', name, 'archive-1');
  await volumes.removeOrphan(name);
  assert.deepEqual(await names(), [name]);
});

test('a volume of a plugin by the name of another is not shown', async () => {
  const sockets = mkdtempSync(join(tmpdir(), 'wt-plugin-'));
  await using _cloud = await startPlugin(join(sockets, 'cloud.sock'), join(root, '.cloud'), ['hold', 'sky']);
  const foreign = new PluginDrivers({ sockets, specs: [] });
  const engine = new VolumeEngine({ ...rooms, foreign });
  await engine.create({ name: 'hold', driver: 'local' });
  const listed = (await engine.list()).volumes.map(({ name, driver }) => `${driver}/${name}`);
  assert.deepEqual(listed, ['local/hold', 'cloud/sky']);
  rmSync(sockets, { recursive: true });
});

test('reconcile() finishes removals, and spares a volume that was made anew', async () => {
  for (const name of ['hold', 'cabin', 'deck']) await volumes.create({ name });
  mkdirSync(join(root, '.removed', 'cabin', 'half'), { recursive: true });
  renameSync(join(root, 'hold'), join(root, '.removed', 'hold'));
  await volumes.reconcile();
  assert.deepEqual(await names(), ['cabin', 'deck']);
  assert.deepEqual(readdirSync(root).sort(), ['.removed', 'cabin', 'deck']);
  assert.deepEqual(readdirSync(join(root, '.removed')), []);
});

test('reconcile() makes the directory that a killed daemon did not come to make', async () => {
  const { mountpoint } = await volumes.create({ name: 'hold' });
  rmSync(join(root, 'hold'), { recursive: true });
  await volumes.reconcile();
  assert.ok(existsSync(mountpoint));
});

test('a volume that is being filled is known to be, also to the next daemon', async () => {
  await volumes.create({ name: 'hold' });
  assert.equal(volumes.isHalfFilled('hold'), false);
  volumes.noteFilling('hold', true);
  const next = new VolumeEngine(rooms);
  assert.equal(next.isHalfFilled('hold'), true);
  next.noteFilling('hold', false);
  assert.equal(volumes.isHalfFilled('hold'), false);
});

test('list() filters by name, label, driver and use', async () => {
  await volumes.create({ name: 'hold', labels: { deck: 'low' } });
  await volumes.create({ name: 'cabin' });
  volumes.acquire('cabin', 'c1');
  assert.deepEqual(await names(), ['cabin', 'hold']);
  assert.deepEqual(await names({ name: ['abi'] }), ['cabin']);
  assert.deepEqual(await names({ label: ['deck=low'] }), ['hold']);
  assert.deepEqual(await names({ dangling: ['true'] }), ['hold']);
  assert.deepEqual(await names({ driver: ['nfs'] }), []);
  await assert.rejects(names({ colour: ['red'] }), /invalid filter 'colour'/);
});

test('prune() goes on when a container takes a volume between', async () => {
  for (const name of ['cabin', 'deck', 'hold']) await volumes.create({ name });
  onFact = ({ action, id }) => {
    if (action === 'destroy' && id === 'cabin') volumes.acquire('deck', 'c1');
  };
  assert.deepEqual((await volumes.prune({ all: ['1'] })).removed, ['cabin', 'hold']);
  assert.deepEqual(await names(), ['deck']);
});

test('prune() removes anonymous volumes, all when told, never used ones', async () => {
  const { name, mountpoint } = await volumes.create({});
  writeFileSync(join(mountpoint, 'cargo'), Buffer.alloc(5000));
  await volumes.create({ name: 'hold' });
  await volumes.create({ name: 'cabin' });
  volumes.acquire('cabin', 'c1');
  const first = await volumes.prune();
  assert.deepEqual(first.removed, [name]);
  assert.ok(first.reclaimedBytes >= 5000);
  assert.deepEqual((await volumes.prune({ all: ['1'] })).removed, ['hold']);
  assert.deepEqual(await names(), ['cabin']);
});
