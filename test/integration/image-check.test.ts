/** The check of all images and its repair, on the real stores. Needs root. */
import assert from 'node:assert/strict';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { after, afterEach, before, test } from 'node:test';
import { digestOf } from '#base';
import type { CheckReport } from '#engine/images';
import { parseMountInfo, unmount } from '#linux';
import { dockerArchive, type FixtureImage, imageConfig } from '../fixtures/image.ts';
import { type ImageRig, openImageRig } from '../fixtures/image-rig.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { makeTar } from '../fixtures/tar.ts';

const signal = new AbortController().signal;
const layer = makeTar([{ path: 'cargo', content: Buffer.alloc(300_000, 'x') }]);
const boat: FixtureImage = { name: 'boat:1', layers: [layer] };
const layerHex = digestOf(layer).slice('sha256:'.length);
const configHex = digestOf(imageConfig(boat)).slice('sha256:'.length);

const scratch = mkdtempSync('/var/tmp/wharf-test-check-');
let registry: TestRegistry;
let rig: ImageRig;
before(async () => {
  registry = await startRegistry();
  await registry.push(boat);
});
afterEach(() => rig[Symbol.asyncDispose]());
after(async () => {
  await registry[Symbol.asyncDispose]();
  for (const { mountPoint } of parseMountInfo(readFileSync('/proc/self/mountinfo', 'utf8'))) {
    if (mountPoint.startsWith(`${scratch}/`)) unmount(mountPoint, { lazy: true });
  }
  rmSync(scratch, { recursive: true, force: true });
});

async function openRig(): Promise<void> {
  rig = await openImageRig(mkdtempSync(join(scratch, 'rig-')));
}

const pulled = async () => {
  await openRig();
  await rig.images.pull({ reference: `${registry.address}/boat:1` }, () => {}, signal);
};

const loaded = async () => {
  await openRig();
  const archive = Readable.from([dockerArchive(boat)], { objectMode: true });
  await rig.images.load(archive, [], () => {}, signal);
};

const layerFile = (name: string) => join(rig.dataRoot, 'layers', layerHex, name);
const document = (hex: string) => join(rig.dataRoot, 'content', hex);

function flip(path: string, at: number): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(path, bytes);
}

/** What is wrong, without repair, with repair, and afterwards. */
async function rounds(): Promise<(readonly string[])[]> {
  const told: (readonly string[])[] = [];
  for (const repair of [false, true, false]) {
    told.push(describe(await rig.images.check({ repair }, signal)));
  }
  return told;
}

function describe({ findings }: CheckReport): string[] {
  return findings.map(({ kind, problem, repaired }) => `${kind} ${problem}${repaired ? ', repaired' : ''}`);
}

test('check() reads everything and finds nothing wrong with what is whole', async () => {
  await pulled();
  const seen: number[] = [];
  const report = await rig.images.check({ repair: false, onProgress: ({ done }) => seen.push(done) }, signal);
  assert.deepEqual(report, { layers: 1, documents: 2, findings: [] });
  assert.deepEqual(seen, [0, 1, 2]);
});

test('check() fetches a layer anew whose bytes changed, and names its images', async () => {
  await pulled();
  flip(layerFile('layer.tar'), 100_000);
  const { findings } = await rig.images.check({ repair: false }, signal);
  assert.deepEqual(findings[0]?.images, [`${registry.address}/boat:1`]);
  assert.deepEqual(await rounds(), [['layer damaged'], ['layer damaged, repaired'], []]);
  assert.deepEqual(readFileSync(layerFile('layer.tar')), layer);
});

test('check() fetches a layer anew that was cut, whose header is broken, or that is gone', async () => {
  await pulled();
  writeFileSync(layerFile('layer.tar'), layer.subarray(0, 1000));
  assert.deepEqual(await rounds(), [['layer damaged'], ['layer damaged, repaired'], []]);
  flip(layerFile('layer.tar'), 150);
  assert.deepEqual(await rounds(), [['layer damaged'], ['layer damaged, repaired'], []]);
  unlinkSync(layerFile('layer.tar'));
  assert.deepEqual(await rounds(), [['layer missing'], ['layer missing, repaired'], []]);
  rmSync(join(rig.dataRoot, 'layers', layerHex), { recursive: true });
  assert.deepEqual(await rounds(), [['layer missing'], ['layer missing, repaired'], []]);
});

test('check() makes an index anew from its tar', async () => {
  await loaded();
  const index = readFileSync(layerFile('layer.erofs'));
  flip(layerFile('layer.erofs'), 1200);
  assert.deepEqual(await rounds(), [['layer index damaged'], ['layer index damaged, repaired'], []]);
  unlinkSync(layerFile('layer.erofs'));
  assert.deepEqual(await rounds(), [['layer index damaged'], ['layer index damaged, repaired'], []]);
  assert.deepEqual(readFileSync(layerFile('layer.erofs')), index);
  assert.deepEqual(readdirSync(join(rig.dataRoot, 'layers')), [layerHex]);
});

test('check() fetches documents anew, and makes those that were made here', async () => {
  await pulled();
  for (const hex of readdirSync(join(rig.dataRoot, 'content'))) {
    flip(document(hex), 5);
    assert.deepEqual(await rounds(), [['document damaged'], ['document damaged, repaired'], []]);
    unlinkSync(document(hex));
    assert.deepEqual(await rounds(), [['document missing'], ['document missing, repaired'], []]);
  }
  await rig[Symbol.asyncDispose]();
  await loaded();
  const [made] = readdirSync(join(rig.dataRoot, 'content')).filter((hex) => hex !== configHex);
  flip(document(String(made)), 5);
  assert.deepEqual(await rounds(), [['document damaged'], ['document damaged, repaired'], []]);
});

test('an image whose config is damaged hides no other, is told as damaged, and goes when it is asked to', async () => {
  const folder = mkdtempSync(join(scratch, 'rig-'));
  {
    await using first = await openImageRig(folder);
    const archive = dockerArchive(boat, { name: 'raft:1', layers: [makeTar([{ path: 'r', content: '' }])] });
    await first.images.load(Readable.from([archive], { objectMode: true }), [], () => {}, signal);
  }
  writeFileSync(join(folder, 'data', 'content', configHex), '{');
  rig = await openImageRig(folder);
  assert.equal(rig.images.list().length, 2);
  assert.equal(rig.images.resolve('raft:1').layers.length, 1);
  assert.throws(() => rig.images.resolve('boat:1'), /is damaged: its config cannot be read/);
  const report = await rig.images.check({ repair: true }, signal);
  assert.deepEqual(describe(report), ['document damaged']);
  assert.equal(report.findings[0]?.reason, 'it came from no registry');
  await rig.images.remove('boat:1', { force: false });
  assert.deepEqual(describe(await rig.images.check({ repair: false }, signal)), []);
  assert.equal(existsSync(join(folder, 'data', 'layers', layerHex)), false);
});

test('an image whose layer’s folder is gone goes when it is asked to', async () => {
  await loaded();
  rmSync(join(rig.dataRoot, 'layers', layerHex), { recursive: true });
  await rig.images.remove('boat:1', { force: true });
  assert.deepEqual(readdirSync(join(rig.dataRoot, 'content')), []);
});

test('what cannot be fetched stays as it is, and is told with the reason', async () => {
  await loaded();
  flip(layerFile('layer.tar'), 100_000);
  const damaged = readFileSync(layerFile('layer.tar'));
  const [lost] = (await rig.images.check({ repair: true }, signal)).findings;
  assert.deepEqual([lost?.repaired, lost?.reason], [false, 'it came from no registry']);
  assert.deepEqual(readFileSync(layerFile('layer.tar')), damaged);
  await rig[Symbol.asyncDispose]();

  await openRig();
  {
    await using brief = await startRegistry();
    await brief.push(boat);
    await rig.images.pull({ reference: `${brief.address}/boat:1` }, () => {}, signal);
  }
  flip(layerFile('layer.tar'), 100_000);
  const [away] = (await rig.images.check({ repair: true }, signal)).findings;
  assert.equal(away?.repaired, false);
  assert.match(away?.reason ?? '', /connection refused/);
  assert.deepEqual(readFileSync(layerFile('layer.tar')), damaged);
});

test('images that come and go at the same time leave a whole store', async () => {
  await openRig();
  const { images } = rig;
  const other: FixtureImage = { name: 'raft:1', layers: [layer, makeTar([{ path: 'raft', content: 'r' }])] };
  const bring = async () => {
    const archive = Readable.from([dockerArchive(boat, other)], { objectMode: true });
    await images.load(archive, [], () => {}, signal);
  };
  const take = (name: string) => images.remove(name, { force: true }).catch(() => []);
  for (let round = 0; round < 10; round++) {
    const prune = images.prune({ dangling: ['false'] }).catch(() => undefined);
    await Promise.all([bring(), take('boat:1'), prune, bring(), take('raft:1')]);
    await Promise.all([take('boat:1'), bring()]);
    assert.deepEqual(describe(await images.check({ repair: false }, signal)), []);
    assert.equal(images.resolve('boat:1').layers.length, 1);
  }
  await images.prune({ dangling: ['false'] });
  // Files of layers go a little later than their images; counting them waits.
  await images.diskBytes();
  for (const folder of ['layers', 'content']) assert.deepEqual(readdirSync(join(rig.dataRoot, folder)), []);
});

test('pulls beside prunes keep what they found here', async () => {
  await openRig();
  const { images } = rig;
  const other: FixtureImage = { name: 'raft:1', layers: [layer, makeTar([{ path: 'raft', content: 'r' }])] };
  await registry.push(other);
  const bring = (name: string) => images.pull({ reference: `${registry.address}/${name}` }, () => {}, signal);
  for (let round = 0; round < 5; round++) {
    await bring('boat:1');
    const raft = bring('raft:1');
    await images.prune({ dangling: ['false'] });
    await raft;
    assert.equal(images.resolve(`${registry.address}/raft:1`).layers.length, 2);
    assert.deepEqual(describe(await images.check({ repair: false }, signal)), []);
    await images.prune({ dangling: ['false'] });
  }
  await images.diskBytes();
  assert.deepEqual(readdirSync(join(rig.dataRoot, 'layers')), []);
});
