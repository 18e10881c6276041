/** Images from registries and from archives, on the real stores. Needs root. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { digestOf, EngineError, errorMessage } from '#base';
import type { ImageProgress, Images } from '#engine/images';
import { parseMountInfo, unmount } from '#linux';
import {
  cutHalfWay,
  type FakeRegistry,
  startFakeRegistry,
} from '../../src/registry/testing/fake-registry.ts';
import { dockerArchive, type FixtureImage, imageConfig, registryBlobs } from '../fixtures/image.ts';
import { type ImageRig, openImageRig } from '../fixtures/image-rig.ts';
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

function openRig(folder = mkdtempSync(join(scratch, 'rig-'))): Promise<ImageRig> {
  return openImageRig(folder);
}

async function pull(images: Images, reference: string): Promise<string[]> {
  const lines: string[] = [];
  await images.pull({ reference }, (progress) => lines.push(describe(progress)), signal);
  return lines;
}

async function load(images: Images, archive: Uint8Array): Promise<string[]> {
  const lines: string[] = [];
  const note = (progress: ImageProgress) => progress.kind === 'loaded' && lines.push(progress.text);
  await images.load(Readable.from([archive], { objectMode: true }), [], note, signal);
  return lines;
}

function describe(progress: ImageProgress): string {
  if (progress.kind === 'layer') return progress.status;
  if (progress.kind === 'pulling') return `Pulling from ${progress.repository}`;
  if (progress.kind === 'status' || progress.kind === 'loaded') return progress.text;
  return progress.kind === 'digest' ? 'Digest' : progress.kind;
}

/** Files of layers go a little later than their images; counting them waits. */
async function layerFolders({ images, dataRoot }: ImageRig): Promise<string[]> {
  await images.diskBytes();
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
  assert.equal((await layerFolders(rig)).length, 2);
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
    assert.deepEqual(await layerFolders(rig), []);
    assert.deepEqual(readdirSync(join(rig.dataRoot, 'content')), []);
  });
}

/** An image at a registry that can be made to err. */
async function startErring(image: FixtureImage): Promise<{ registry: FakeRegistry; name: string }> {
  const registry = await startFakeRegistry();
  const { blobs, manifest } = registryBlobs(image);
  for (const { bytes } of blobs) registry.addBlob(bytes);
  registry.addManifest('1', manifest.bytes.toString(), manifest.mediaType);
  return { registry, name: `${registry.address}/small:1` };
}

const unverified = /^EngineError: filesystem layer verification failed for digest sha256:/;
for (const [what, lie, text] of [
  ['sends other bytes', (bytes: Buffer) => Buffer.from(bytes).fill(0, 20, 30), unverified],
  ['sends a shorter layer', () => gzipSync(top), /unexpected EOF/],
  [
    'sends too much',
    (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc(100_000)]),
    /longer than the \d+ bytes/,
  ],
  ['sends a bomb of zeros', () => gzipSync(Buffer.alloc(50 << 20)), /longer than the \d+ bytes/],
] as const) {
  test(`pull() from a registry that ${what} fails, keeps nothing, and works when tried again`, async () => {
    const { registry, name } = await startErring({ ...small, layers: [base] });
    await using _open = registry;
    const layer = gzipSync(base, { level: 1 });
    registry.misbehave((request, response) => {
      if (!request.url?.endsWith(`blobs/${digestOf(layer)}`)) return false;
      response.end(lie(layer));
      return true;
    });
    await using rig = await openRig();
    await assert.rejects(pull(rig.images, name), text);
    assert.equal(rig.images.count(), 0);
    assert.deepEqual(await layerFolders(rig), []);
    registry.misbehave(() => false);
    await pull(rig.images, name);
    assert.equal(rig.images.count(), 1);
  });
}

test('pull() keeps its layers while others tidy up', async () => {
  const { registry, name } = await startErring(small);
  await using _registry = registry;
  await using rig = await openRig();
  for (let round = 0; round < 5; round++) {
    let isDone = false;
    const pulled = pull(rig.images, name).finally(() => {
      isDone = true;
    });
    while (!isDone) {
      await load(rig.images, Buffer.from('no archive')).catch(() => {});
      await setImmediate();
    }
    await pulled;
    await rig.images.remove(name, { force: true });
  }
});

test('push() sends no blob that only a manifest claims to be a layer which was here already', async () => {
  const { registry, name } = await startErring(small);
  await using _registry = registry;
  await using rig = await openRig();
  await pull(rig.images, name);
  const junk = gzipSync('no layer at all');
  const evil = registryBlobs({ ...small, layers: [base], config: { Cmd: ['/evil'] } });
  for (const { bytes } of evil.blobs) registry.addBlob(bytes);
  const manifest = JSON.parse(evil.manifest.bytes.toString()) as { layers: unknown[] };
  manifest.layers = [{ ...Object(manifest.layers[0]), digest: registry.addBlob(junk), size: junk.length }];
  registry.addManifest('evil', JSON.stringify(manifest), evil.manifest.mediaType);
  assert.ok((await pull(rig.images, `${registry.address}/evil:evil`)).includes('Already exists'));
  await load(rig.images, dockerArchive({ name: `${registry.address}/mine:mine`, layers: [base] }));
  registry.uploads.hold('evil', digestOf(junk));
  const repository = `${registry.address}/mine`;
  await rig.images.push({ repository, tag: 'mine' }, () => {}, signal);
  assert.doesNotMatch(String(registry.content('mine')), new RegExp(digestOf(junk)));
});

test('pull() over a connection that is cut half way goes on', async () => {
  const { registry, name } = await startErring({ ...small, layers: [base] });
  await using _open = registry;
  const layer = gzipSync(base, { level: 1 });
  let cuts = 1;
  registry.misbehave((request, response) => {
    if (!request.url?.endsWith(`blobs/${digestOf(layer)}`) || cuts-- <= 0) return false;
    cutHalfWay(response, layer);
    return true;
  });
  await using rig = await openRig();
  assert.equal((await pull(rig.images, name)).at(-2), 'Digest');
});

test('pull() that its client gives up leaves nothing', async () => {
  const { registry, name } = await startErring(small);
  await using _open = registry;
  const client = new AbortController();
  registry.misbehave((request, response) => {
    if (!request.url?.includes('/blobs/') || request.url.endsWith(digestOf(imageConfig(small)))) return false;
    response.write('x', () => client.abort(new Error('gone')));
    return true;
  });
  await using rig = await openRig();
  await assert.rejects(
    rig.images.pull({ reference: name }, () => {}, client.signal),
    /gone/,
  );
  assert.deepEqual(await layerFolders(rig), []);
});

test('a daemon that is killed in the middle of a pull leaves nothing that the next start does not remove', async () => {
  const { registry, name } = await startErring(small);
  await using _open = registry;
  const folder = mkdtempSync(join(scratch, 'killed-'));
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('pull-until-killed.ts', import.meta.url)), folder, name],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  await new Promise<void>((resolve) => {
    registry.misbehave((request, response) => {
      if (!request.url?.endsWith(`blobs/${digestOf(gzipSync(top, { level: 1 }))}`)) return false;
      response.writeHead(200, { 'Content-Length': gzipSync(top, { level: 1 }).length });
      response.write('x', () => resolve());
      return true;
    });
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  registry.misbehave(() => false);
  await using rig = await openRig(folder);
  assert.equal(rig.images.count(), 0);
  assert.deepEqual(readdirSync(join(rig.dataRoot, 'content')), []);
  assert.ok(!(await layerFolders(rig)).some((entry) => entry.startsWith('tmp-')));
  await pull(rig.images, name);
  assert.equal(rig.images.count(), 1);
});

test('load() takes a docker archive, compressed or not', async () => {
  await using rig = await openRig();
  assert.deepEqual(await load(rig.images, dockerArchive(small)), ['Loaded image: small:1']);
  assert.deepEqual(await load(rig.images, gzipSync(dockerArchive(small))), ['Loaded image: small:1']);
  assert.deepEqual(await load(rig.images, zstdCompressSync(dockerArchive(small))), ['Loaded image: small:1']);
  assert.equal(rig.images.count(), 1);
});

test('load() of a truncated archive fails and keeps nothing', async () => {
  await using rig = await openRig();
  const archive = dockerArchive(small);
  await assert.rejects(load(rig.images, archive.subarray(0, archive.length - 3000)), EngineError);
  assert.deepEqual(await layerFolders(rig), []);
  assert.equal(rig.images.count(), 0);
});

test('load() keeps nothing of an archive of which one image is not sound', async () => {
  await using rig = await openRig();
  const unnamed = { ...small, name: 'No Name', layers: [base] };
  await assert.rejects(load(rig.images, dockerArchive(small, unnamed)), /invalid reference format|lowercase/);
  assert.equal(rig.images.count(), 0);
  assert.deepEqual([await layerFolders(rig), readdirSync(join(rig.dataRoot, 'content'))], [[], []]);
});

test('load() refuses an image of another system', async () => {
  await using rig = await openRig();
  const windows = { ...small, os: 'windows' };
  await assert.rejects(
    load(rig.images, dockerArchive(windows)),
    /^EngineError: cannot load windows image on linux$/,
  );
  await load(rig.images, dockerArchive(small, { ...windows, name: 'window:1' }));
  assert.equal(rig.images.count(), 1);
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
  assert.equal((await layerFolders(rig)).length, 1);
});
