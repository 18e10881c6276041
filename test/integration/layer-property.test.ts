/**
 * Random trees: what comes of tar → store → mount is what `tar -x` makes of the same archive, for both drivers, and
 * the archive is kept byte for byte. WHARF_TEST_SEED picks one. Needs root.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { EngineError } from '#base';
import { TarReader, tarBlockBytes } from '#oci';
import { pick, type Random, seededRandom } from '../fixtures/mutations.ts';
import { between, fillRandomly } from '../fixtures/random-tree.ts';
import { patched } from '../fixtures/raw-tar.ts';
import { describeTree } from '../testing/describe-tree.ts';
import { useLayerStores } from '../testing/layer-stores.ts';

const { scratch, openStore, add } = useLayerStores();
const asked = process.env.WHARF_TEST_SEED;
const seeds = asked === undefined ? [1, 2, 3, 4, 5, 6] : [Number(asked)];
const filesOfTree = 80;

const attributes = ['--xattrs', '--xattrs-include=*'];
const formats: readonly (readonly string[])[] = [
  ['--format=pax', ...attributes],
  ['--format=pax', '--sparse', '--sparse-version=1.0', ...attributes],
  ['--format=pax', '--sparse', '--sparse-version=0.1'],
  ['--format=pax', '--sparse', '--sparse-version=0.0'],
  ['--format=gnu', '--sparse', '--sort=name'],
  ['--format=oldgnu', '--sparse'],
];
const packs = [(tar: Buffer) => tar, (tar: Buffer) => gzipSync(tar, { level: 1 }), zstdCompressSync];

/** A stream in pieces of any length. */
async function* inPieces(bytes: Buffer, random: Random): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const length = between(random, 1, pick(random, [10, 1000, 300_000]));
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

function extract(tar: string): Map<string, unknown> {
  const folder = mkdtempSync(join(scratch, 'extracted-'));
  execFileSync('tar', [...attributes, '--numeric-owner', '-pxf', tar, '-C', folder], { stdio: 'ignore' });
  return describeTree(Buffer.from(folder));
}

for (const seed of seeds) {
  test(`seed ${seed}: a layer is what tar -x makes of it, whatever it holds and however it comes`, async () => {
    const random = seededRandom(seed);
    const tree = mkdtempSync(join(scratch, 'tree-'));
    fillRandomly(tree, random, filesOfTree);
    const tar = join(scratch, `${seed}.tar`);
    execFileSync('tar', ['-cf', tar, ...pick(random, formats), '-C', tree, '.'], { stdio: 'ignore' });
    const bytes = readFileSync(tar);
    const wanted = extract(tar);
    for (const driver of ['erofs', 'unpack'] as const) {
      await using store = await openStore(driver);
      const layer = await add(store.layers, inPieces(pick(random, packs)(bytes), random));
      assert.ok(readFileSync(store.layers.tarPath(layer)).equals(bytes));
      await store.snapshots.prepare('tree', [layer]);
      await using root = await store.snapshots.open('tree');
      const mounted = describeTree(Buffer.from(`${root.path}/.`));
      assert.deepEqual([...mounted.keys()], [...wanted.keys()]);
      for (const [name, description] of wanted) {
        if (name !== '.') assert.deepEqual(mounted.get(name), description, `${driver} ${name}`);
      }
    }
  });
}

for (const seed of seeds) {
  test(`seed ${seed}: a layer with changed headers is refused, or all of it can be read`, async () => {
    const random = seededRandom(seed + 1000);
    const tree = mkdtempSync(join(scratch, 'tree-'));
    fillRandomly(tree, random, filesOfTree / 4);
    const tar = join(scratch, `${seed}.tar`);
    execFileSync('tar', ['-cf', tar, ...pick(random, formats), '-C', tree, '.'], { stdio: 'ignore' });
    const bytes = readFileSync(tar);
    await using store = await openStore('erofs');
    for (let round = 0; round < 8; round++) {
      const layer = await add(store.layers, inPieces(withChangedHeaders(bytes, random), random)).catch(
        (error: unknown) =>
          assert.ok(error instanceof EngineError && error.kind === 'invalid', String(error)),
      );
      if (layer === undefined) continue;
      await store.snapshots.prepare(`round-${round}`, [layer]);
      await using root = await store.snapshots.open(`round-${round}`);
      describeTree(Buffer.from(`${root.path}/.`));
    }
  });
}

/** Some bytes of some headers are others, with checksums that are right for them. */
function withChangedHeaders(bytes: Buffer, random: Random): Buffer {
  const changed = Buffer.from(bytes);
  const headers: number[] = [];
  new TarReader({ entry: ({ position }) => headers.push(position - tarBlockBytes) }).push(bytes);
  for (let count = between(random, 1, 3); count > 0; count--) {
    const at = pick(random, headers);
    const header = patched(
      changed.subarray(at, at + tarBlockBytes),
      between(random, 0, 330),
      Buffer.from([pick(random, [0x30, 0x31, 0x32, 0x35, 0x2e, 0x2f, 0xff, between(random, 0, 255)])]),
    );
    changed.set(header, at);
  }
  return changed;
}
