/** Images from a real registry and from archives, on the real stores. Needs root. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { EngineError, errorMessage, silentLog } from '#base';
import { type ImageProgress, type Images, openImages } from '#engine/images';
import { parseMountInfo, unmount } from '#linux';
import { createRegistryClient } from '#registry';
import { openContent } from '#store/content';
import { openMetadata } from '#store/metadata';
import { openSnapshots } from '#store/snapshots';
import { dockerArchive, type FixtureImage } from '../fixtures/image.ts';
import { startRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';

const scratch = mkdtempSync('/var/tmp/wharf-test-images-');
after(() => {
  for (const { mountPoint } of parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))) {
    if (mountPoint.startsWith(`${scratch}/`)) unmount(mountPoint, { lazy: true });
  }
  rmSync(scratch, { recursive: true, force: true });
});

const signal = new AbortController().signal;
const base = makeTar([{ path: 'base', content: 'base layer' }]);
const top = makeTar([{ path: 'top', content: 'top layer' }]);
const small: FixtureImage = { name: 'small:1', layers: [base, top], config: { Cmd: ['/top'] } };

interface Rig extends AsyncDisposable {
  readonly images: Images;
  readonly dataRoot: string;
  readonly facts: string[];
}

async function openRig(): Promise<Rig> {
  const folder = mkdtempSync(join(scratch, 'rig-'));
  const [dataRoot, execRoot] = [join(folder, 'data'), join(folder, 'exec')];
  mkdirSync(execRoot);
  const metadata = openMetadata(join(folder, 'metadata.db'));
  const { layers, snapshots } = await openSnapshots({ dataRoot, execRoot, metadata, log: silentLog });
  const registry = createRegistryClient({ mirrors: [], insecureRegistries: [], userAgent: 'wharf-test' });
  const facts: string[] = [];
  const images = openImages({
    metadata,
    content: openContent(join(dataRoot, 'content')),
    layers,
    registry,
    driver: snapshots.driver,
    publish: ({ action, attributes }) => facts.push(`${action} ${attributes.name}`),
    usersOf: () => [],
  });
  await images.reconcile();
  return {
    images,
    dataRoot,
    facts,
    async [Symbol.asyncDispose]() {
      registry.close();
      await snapshots.close();
      metadata.close();
    },
  };
}

async function pull(images: Images, reference: string): Promise<string[]> {
  const lines: string[] = [];
  await images.pull({ reference }, (progress) => lines.push(describe(progress)), signal);
  return lines;
}

async function load(images: Images, archive: Uint8Array): Promise<string[]> {
  const lines: string[] = [];
  const note = (progress: ImageProgress) => progress.kind === 'loaded' && lines.push(progress.text);
  await images.load(Readable.from([archive], { objectMode: true }), note, signal);
  return lines;
}

function describe(progress: ImageProgress): string {
  if (progress.kind === 'layer') return progress.status;
  if (progress.kind === 'pulling') return `Pulling from ${progress.repository}`;
  return progress.kind === 'digest' ? 'Digest' : progress.text;
}

function layerFolders(dataRoot: string): string[] {
  return readdirSync(join(dataRoot, 'layers'));
}

test('pull() brings an image and tells it as Docker does', async () => {
  await using registry = await startRegistry();
  await registry.push(small);
  await using rig = await openRig();
  const name = `${registry.address}/small:1`;
  const lines = await pull(rig.images, name);
  assert.equal(lines[0], 'Pulling from small');
  assert.deepEqual(lines.slice(1, 3), ['Pulling fs layer', 'Pulling fs layer']);
  assert.equal(lines.filter((line) => line === 'Pull complete').length, 2);
  assert.deepEqual(lines.slice(-2), ['Digest', `Status: Downloaded newer image for ${name}`]);
  const view = rig.images.inspect(name);
  assert.deepEqual(view.tags, [name]);
  assert.equal(view.repoDigests.length, 1);
  assert.equal(view.sizeBytes, 'base layer'.length + 'top layer'.length);
  assert.deepEqual(view.config.config, { Cmd: ['/top'] });
  assert.deepEqual(rig.facts, [`pull ${registry.address}/small`]);
});

test('pull() of what is here says so, and fetches only what is missing', async () => {
  await using registry = await startRegistry();
  await registry.push(small);
  await registry.push({ ...small, name: 'other:1', layers: [base] });
  await using rig = await openRig();
  await pull(rig.images, `${registry.address}/other:1`);
  const lines = await pull(rig.images, `${registry.address}/small:1`);
  assert.equal(lines[1], 'Already exists');
  assert.equal(lines.filter((line) => line === 'Pull complete').length, 1);
  const again = await pull(rig.images, `${registry.address}/small:1`);
  assert.equal(again.at(-1), `Status: Image is up to date for ${registry.address}/small:1`);
});

test('pull() of one image by two clients at once downloads each layer once', async () => {
  await using registry = await startRegistry();
  await registry.push(small);
  await using rig = await openRig();
  const name = `${registry.address}/small:1`;
  await Promise.all([pull(rig.images, name), pull(rig.images, name)]);
  assert.equal(rig.images.count(), 1);
  assert.equal(layerFolders(rig.dataRoot).length, 2);
});

test('pull() moves a tag whose image was published anew; the old image dangles', async () => {
  await using registry = await startRegistry();
  await registry.push(small);
  await using rig = await openRig();
  const name = `${registry.address}/small:1`;
  await pull(rig.images, name);
  const old = rig.images.resolve(name).id;
  await registry.push({ ...small, layers: [base] });
  await pull(rig.images, name);
  assert.notEqual(rig.images.resolve(name).id, old);
  const dangling = rig.images.list({ filters: { dangling: ['true'] } });
  assert.deepEqual(
    dangling.map((image) => image.id),
    [old],
  );
});

test('pull() of an unknown tag or repository fails with the text that clients match', async () => {
  await using registry = await startRegistry();
  await registry.push(small);
  await using rig = await openRig();
  await assert.rejects(pull(rig.images, `${registry.address}/small:2`), (error) => {
    assert.ok(error instanceof EngineError);
    assert.equal(error.kind, 'notFound');
    const name = `${registry.address}/small:2`;
    assert.equal(error.message, `manifest for ${name} not found: manifest unknown: manifest unknown`);
    return true;
  });
});

for (const [what, path, type, target] of [
  ['a name that climbs out', '../escape', 'file', undefined],
  ['a file through a link to outside', 'link/escape', 'symlink', '../../outside'],
  ['a hard link to outside', 'hard', 'hardlink', '../outside'],
] as const) {
  test(`pull() refuses a layer with ${what} and keeps nothing`, async () => {
    const evil =
      type === 'symlink'
        ? makeTar([
            { path: 'link', type, target },
            { path, content: 'x' },
          ])
        : makeTar([{ path, type, ...(target === undefined ? { content: 'x' } : { target }) }]);
    await using registry = await startRegistry();
    await registry.push({ name: 'evil:1', layers: [base, evil] });
    await using rig = await openRig();
    await assert.rejects(pull(rig.images, `${registry.address}/evil:1`), (error) =>
      errorMessage(error).startsWith('failed to register layer: invalid tar entry'),
    );
    assert.equal(rig.images.count(), 0);
    assert.deepEqual(layerFolders(rig.dataRoot), []);
    assert.deepEqual(readdirSync(join(rig.dataRoot, 'content')), []);
  });
}

test('load() takes a docker archive, compressed or not', async () => {
  await using rig = await openRig();
  assert.deepEqual(await load(rig.images, dockerArchive(small)), ['Loaded image: small:1']);
  const { gzipSync, zstdCompressSync } = await import('node:zlib');
  assert.deepEqual(await load(rig.images, gzipSync(dockerArchive(small))), ['Loaded image: small:1']);
  assert.deepEqual(await load(rig.images, zstdCompressSync(dockerArchive(small))), ['Loaded image: small:1']);
  assert.equal(rig.images.count(), 1);
});

test('load() of a truncated archive fails and keeps nothing', async () => {
  await using rig = await openRig();
  const archive = dockerArchive(small);
  await assert.rejects(load(rig.images, archive.subarray(0, archive.length - 3000)), EngineError);
  assert.deepEqual(layerFolders(rig.dataRoot), []);
  assert.equal(rig.images.count(), 0);
});

test('remove() of the last name deletes the image with the layers that no other one has', async () => {
  await using rig = await openRig();
  await load(rig.images, dockerArchive(small, { name: 'half:1', layers: [base] }));
  rig.images.tag('small:1', 'alias:2');
  const untagged = await rig.images.remove('small:1', { force: false });
  assert.deepEqual(untagged, [{ kind: 'untagged', reference: 'small:1' }]);
  const { id } = rig.images.resolve('alias:2');
  const removed = await rig.images.remove('alias:2', { force: false });
  assert.deepEqual(removed.slice(0, 2), [
    { kind: 'untagged', reference: 'alias:2' },
    { kind: 'deleted', digest: id },
  ]);
  assert.equal(removed.length, 3);
  assert.equal(layerFolders(rig.dataRoot).length, 1);
});
