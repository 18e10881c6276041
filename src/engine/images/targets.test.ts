import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOf } from '#base';
import { mediaTypes, parseManifest } from '#oci';
import { bring, describe, foreign, native, publish } from './testing/fleet.ts';
import { harbours, tagName } from './testing/harbour.ts';

const harbour = harbours();

test('a name of several platforms means this machine’s, in whatever order they came', async () => {
  const port = harbour();
  const fleet = publish();
  const strange = await bring(port, fleet, foreign, 'boat:1');
  assert.equal(port.images.resolve('boat:1').id, strange);
  const own = await bring(port, fleet, native, 'boat:1');
  assert.equal(port.images.resolve('boat:1').id, own);
  assert.equal(port.images.resolve('boat:1', { os: 'linux', architecture: foreign }).id, strange);
  assert.throws(
    () => port.images.resolve('boat:1', { os: 'linux', architecture: 's390x' }),
    /does not match the specified platform \(linux\/s390x\)$/,
  );
});

test('manifestsOf() tells all manifests of an index, and which images are here', async () => {
  const port = harbour();
  const fleet = publish();
  const id = await bring(port, fleet, native, 'boat:1');
  const target = port.records.targetOf(tagName('boat:1'));
  assert.deepEqual(target, fleet.target);
  const rows = port.records
    .manifestsOf(fleet.target)
    .map(({ kind, platform, available, imageId }) => [kind, platform?.architecture, available, imageId]);
  assert.deepEqual(rows, [
    ['image', foreign, false, undefined],
    ['image', native, true, id],
    ['image', 's390x', false, undefined],
    ['attestation', undefined, false, undefined],
  ]);
});

test('an image that came without a manifest gets one', async () => {
  const { records, add } = harbour();
  const id = await add({ names: ['boat:1'], layers: ['one', 'two'] });
  const target = records.targetOf(tagName('boat:1'));
  assert.ok(target);
  const [view] = records.manifestsOf(target);
  assert.deepEqual([view?.kind, view?.imageId, view?.available], ['image', id, true]);
});

test('a list has one row for a name; a platform beside it has none', async () => {
  const port = harbour();
  const fleet = publish();
  const own = await bring(port, fleet, native, 'boat:1');
  await bring(port, fleet, foreign, 'boat:1');
  const rows = () => port.images.list().map(({ id, tags }) => [id, tags]);
  assert.deepEqual(rows(), [[own, ['boat:1']]]);
});

test('a tag by ID leads to that platform, a tag by name to all', async () => {
  const port = harbour();
  const fleet = publish();
  const own = await bring(port, fleet, native, 'boat:1');
  const strange = await bring(port, fleet, foreign, 'boat:1');
  port.images.tag(strange, 'strange:1');
  port.images.tag('boat:1', 'all:1');
  const idOf = (name: string, architecture: string) =>
    port.images.resolve(name, { os: 'linux', architecture }).id;
  assert.equal(port.images.resolve('strange:1').id, strange);
  assert.equal(idOf('all:1', foreign), strange);
  assert.equal(idOf('all:1', native), own);
  assert.deepEqual(port.records.targetOf(tagName('all:1')), fleet.target);
});

test('list() and inspect() tell the manifests of a target, and who uses their images', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  port.users.push({ id: 'c'.repeat(64), running: false });
  const [row] = port.images.list({ manifests: true });
  assert.deepEqual(row?.target, fleet.target);
  const shown = row?.manifests?.map(({ kind, unpackedBytes, containers }) => [
    kind,
    unpackedBytes,
    containers,
  ]);
  assert.deepEqual(shown, [
    ['image', 0, []],
    ['image', 10, ['c'.repeat(64)]],
    ['image', 0, []],
    ['attestation', 0, []],
  ]);
  assert.deepEqual(port.images.inspect('boat:1', { manifests: true }).manifests, row?.manifests);
  assert.equal(port.images.inspect('boat:1').manifests, undefined);
});

test('list() of manifests has a row for each target of an image, any other list one row', async () => {
  const port = harbour();
  const fleet = publish();
  const own = await bring(port, fleet, native, 'boat:1');
  const image = fleet.images.get(native);
  assert.ok(image);
  const target = describe(mediaTypes.ociManifest, image.manifest);
  const { config, manifest } = image;
  await port.intake.register({ config, documents: [manifest], target, names: [tagName('bare:1')] });
  assert.deepEqual(
    port.images.list().map(({ tags }) => tags),
    [['bare:1', 'boat:1']],
  );
  const rows = port.images.list({ manifests: true });
  assert.deepEqual(rows.map((row) => [row.id, row.tags, row.manifests?.length]).sort(), [
    [own, ['bare:1'], 1],
    [own, ['boat:1'], 4],
  ]);
  const filtered = port.images.list({ manifests: true, filters: { reference: ['boat'] } });
  assert.deepEqual(filtered.length, 1);
});

test('list() of manifests tells what only a digest names with the tags of its image', async () => {
  const port = harbour();
  const fleet = publish();
  const image = fleet.images.get(native);
  assert.ok(image);
  const { config, manifest } = image;
  await port.intake.register({ config, documents: [], names: [tagName('made:1')] });
  const target = describe(mediaTypes.ociManifest, manifest);
  const pushed = { repository: 'docker.io/library/made', kind: 'digest', value: target.digest } as const;
  await port.intake.register({ config, documents: [manifest], target, names: [pushed] });
  const rows = () =>
    port.images.list({ manifests: true }).map(({ tags, repoDigests }) => [tags, repoDigests]);
  assert.deepEqual(rows(), [[['made:1'], [`made@${target.digest}`]]]);
});

test('a platform beside what a name means does not dangle', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  await bring(port, fleet, foreign, 'boat:1');
  assert.deepEqual(port.images.list({ all: true, filters: { dangling: ['true'] } }), []);
});

test('list() with `all` has a row for every platform', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  await bring(port, fleet, foreign, 'boat:1');
  assert.equal(port.images.list({ all: true }).length, 2);
});

test('a tag that moves leaves the old platforms dangling', async () => {
  const port = harbour();
  const old = publish();
  await bring(port, old, native, 'boat:1');
  await bring(port, old, foreign, 'boat:1');
  const young = await bring(port, publish('young'), native, 'boat:1');
  assert.equal(port.images.resolve('boat:1').id, young);
  const dangling = port.images.list({ filters: { dangling: ['true'] } });
  assert.equal(dangling.length, 2);
  const { removed } = await port.images.prune();
  assert.equal(removed.filter(({ kind }) => kind === 'deleted').length, 4);
  assert.equal(port.images.count(), 1);
});

test('reconcile() gives images and names of before the manifests that they came by', async () => {
  const port = harbour();
  const fleet = publish();
  const pulled = await bring(port, fleet, native, 'boat:1');
  const made = await port.add({ names: ['raft:1'], layers: ['raft'] });
  const { metadata } = port;
  const old = 'INSERT INTO image_name_without_target VALUES (?, ?, ?, ?, ?)';
  for (const { repository, kind, value, images } of port.records.names()) {
    metadata.run(old, repository, kind, value, images[0], '5');
  }
  metadata.run(old, 'docker.io/library/boat', 'digest', fleet.target.digest, pulled, '5');
  for (const table of ['image_name', 'image_target']) metadata.run(`DELETE FROM ${table}`);
  metadata.run('UPDATE image SET target = NULL');
  const manifest = port.records.manifestsOf(fleet.target).find(({ imageId }) => imageId === pulled);
  assert.ok(manifest);

  await port.images.reconcile();

  assert.deepEqual(port.records.targetOf(tagName('boat:1')), fleet.target);
  assert.equal(port.images.resolve(`boat@${fleet.target.digest}`).id, pulled);
  assert.equal(port.images.resolve('raft:1').id, made);
  assert.deepEqual(metadata.all('SELECT * FROM image_name_without_target'), []);
});

test('reconcile() starts over what an earlier Wharf left damaged', async () => {
  const port = harbour();
  const id = await port.add({ names: ['boat:1'] });
  const { metadata, content } = port;
  for (const digest of content.list()) await content.delete(digest);
  const old = 'INSERT INTO image_name_without_target VALUES (?, ?, ?, ?, ?)';
  metadata.run(old, 'docker.io/library/boat', 'tag', '1', id, '5');
  metadata.run('DELETE FROM image_name');
  metadata.run('DELETE FROM image_document WHERE digest <> ?', id);
  metadata.run('UPDATE image SET target = NULL');
  await port.images.reconcile();
  assert.deepEqual(
    port.images.list().map(({ tags }) => tags),
    [['boat:1']],
  );
  await port.images.remove('boat:1', { force: false });
  assert.equal(port.images.count(), 0);
});

test('digests of manifests and indexes, and their prefixes, mean what they lead to', async () => {
  const port = harbour();
  const fleet = publish();
  const own = await bring(port, fleet, native, 'boat:1');
  const strange = await bring(port, fleet, foreign, 'boat:1');
  const manifest = digestOf(fleet.images.get(foreign)?.manifest ?? '');
  for (const length of [71, 64, 22]) {
    assert.equal(port.images.resolve(manifest.slice(0, length)).id, strange);
    assert.equal(port.images.resolve(fleet.target.digest.slice(0, length)).id, own);
  }
  assert.equal(port.images.resolve(manifest.slice('sha256:'.length)).id, strange);
  await port.images.remove(manifest.slice(7, 19), { force: false });
  assert.equal(port.images.resolve('boat:1').id, own);
  assert.equal(port.images.count(), 1);
});

test('names lead to the bytes that came', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  const target = port.records.targetOf(tagName('boat:1'));
  assert.equal(digestOf(fleet.index), target?.digest satisfies Digest | undefined);
  assert.equal(parseManifest(fleet.index).kind, 'index');
});
