import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Digest, digestOf } from '#base';
import { type Descriptor, hostPlatform, mediaTypes, parseManifest } from '#oci';
import { encodeConfig, type Harbour, harbours, tagName } from './testing/harbour.ts';

const harbour = harbours();

const native = hostPlatform().architecture;
const foreign = native === 'arm64' ? 'amd64' : 'arm64';

interface Published {
  readonly target: Descriptor;
  readonly index: Buffer;
  /** By architecture. */
  readonly images: ReadonlyMap<string, { readonly config: Buffer; readonly manifest: Buffer }>;
}

/** An index as a registry has it: an image for each architecture, and an attestation of the first one. */
function publish(salt = ''): Published {
  const images = new Map(
    [foreign, native, 's390x'].map((architecture) => {
      const config = encodeConfig({ architecture, layers: [`${architecture}${salt}`] });
      const layer = { mediaType: mediaTypes.ociLayer, digest: digestOf('wire'), size: 5 };
      const described = describe(mediaTypes.ociConfig, config);
      return [architecture, { config, manifest: document({ config: described, layers: [layer] }) }];
    }),
  );
  const manifests = [...images].map(([architecture, { manifest }]) => ({
    ...describe(mediaTypes.ociManifest, manifest),
    platform: { os: 'linux', architecture },
  }));
  const attestation = {
    ...describe(mediaTypes.ociManifest, Buffer.from('{}')),
    platform: { os: 'unknown', architecture: 'unknown' },
    annotations: {
      'vnd.docker.reference.type': 'attestation-manifest',
      'vnd.docker.reference.digest': String(manifests[0]?.digest),
    },
  };
  const index = document({ mediaType: mediaTypes.ociIndex, manifests: [...manifests, attestation] });
  return { index, images, target: describe(mediaTypes.ociIndex, index) };
}

function document(value: object): Buffer {
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: mediaTypes.ociManifest, ...value }));
}

function describe(mediaType: string, content: Buffer): Descriptor {
  return { mediaType, digest: digestOf(content), size: content.length };
}

/** Takes one platform in, as a pull does. */
async function bring({ intake }: Harbour, from: Published, architecture: string, ...names: string[]) {
  const image = from.images.get(architecture);
  assert.ok(image);
  const { target, index } = from;
  const documents = [index, image.manifest];
  return intake.register({ config: image.config, documents, target, names: names.map(tagName) });
}

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

test('remove() by name takes every platform of it, by ID only one', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  const strange = await bring(port, fleet, foreign, 'boat:1');
  await port.images.remove(strange, { force: false });
  assert.equal(port.images.count(), 1);
  await bring(port, fleet, foreign, 'boat:1');
  const removed = await port.images.remove('boat:1', { force: false });
  assert.equal(port.images.count(), 0);
  assert.equal(removed.filter(({ kind }) => kind === 'untagged').length, 1);
  assert.deepEqual(port.records.names(), []);
});

test('remove() by ID of what a name means leaves the name to the other platform', async () => {
  const port = harbour();
  const fleet = publish();
  const own = await bring(port, fleet, native, 'boat:1');
  const strange = await bring(port, fleet, foreign, 'boat:1');
  await port.images.remove(own, { force: true });
  assert.equal(port.images.resolve('boat:1').id, strange);
});

test('remove() of platforms takes only those, and nothing when one is not there', async () => {
  const port = harbour();
  const fleet = publish();
  const own = await bring(port, fleet, native, 'boat:1');
  await bring(port, fleet, foreign, 'boat:1');
  const remove = (...architectures: string[]) =>
    port.images.remove('boat:1', {
      force: false,
      platforms: architectures.map((architecture) => ({ os: 'linux', architecture })),
    });
  await assert.rejects(remove(foreign, 's390x'), /does not match the specified platform/);
  assert.equal(port.images.count(), 2);
  await remove(foreign, foreign);
  assert.equal(port.images.resolve('boat:1').id, own);
  port.images.tag('boat:1', 'ship:1');
  await remove(native);
  assert.deepEqual(
    port.records.names().map(({ repository }) => repository),
    ['docker.io/library/ship'],
  );
  assert.equal(port.images.resolve('ship:1').id, own);
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

test('remove() by the digest of an index takes all of it, or nothing', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  await bring(port, fleet, foreign, 'boat:1');
  port.users.push({ id: 'c'.repeat(64), running: true });
  const { digest } = fleet.target;
  await assert.rejects(port.images.remove(digest, { force: true }), /used by running container/);
  assert.equal(port.images.count(), 2);
  port.users.length = 0;
  const removed = await port.images.remove(digest, { force: false });
  assert.equal(removed.filter(({ kind }) => kind === 'untagged').length, 1);
  assert.equal(port.images.count(), 0);
});

test('names lead to the bytes that came', async () => {
  const port = harbour();
  const fleet = publish();
  await bring(port, fleet, native, 'boat:1');
  const target = port.records.targetOf(tagName('boat:1'));
  assert.equal(digestOf(fleet.index), target?.digest satisfies Digest | undefined);
  assert.equal(parseManifest(fleet.index).kind, 'index');
});
