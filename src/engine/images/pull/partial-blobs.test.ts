import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { digestHex, digestOf } from '#base';
import { type PartialBlob, PartialBlobs } from './partial-blobs.ts';

const scratch = mkdtempSync(join(tmpdir(), 'wharf-test-partial-'));
after(() => rmSync(scratch, { recursive: true }));

const digest = digestOf('a large blob');
const sizeBytes = 4 << 20;
const half = Buffer.alloc(2 << 20, 'x');

function folder(): string {
  return mkdtempSync(join(scratch, 'folder-'));
}

async function read(partial: PartialBlob): Promise<number> {
  let bytes = 0;
  for await (const chunk of partial.read()) bytes += chunk.length;
  return bytes;
}

test('PartialBlobs keeps what came until the blob is whole', async () => {
  const path = folder();
  {
    await using partial = await new PartialBlobs(path).open(digest, sizeBytes);
    assert.equal(partial.bytes, 0);
    await partial.append(half);
  }
  await using later = await new PartialBlobs(path).open(digest, sizeBytes);
  assert.equal(later.bytes, half.length);
  await later.append(Buffer.from('more'));
  assert.equal(await read(later), half.length);
  await later.discard();
  await later.append(half);
  assert.deepEqual(readdirSync(path), []);
});

test('PartialBlobs gives small blobs, and one that is open already, no place', async () => {
  const path = folder();
  const partials = new PartialBlobs(path);
  await using small = await partials.open(digest, 1000);
  await small.append(Buffer.from('some'));
  assert.deepEqual(readdirSync(path), []);
  await using first = await partials.open(digest, sizeBytes);
  await first.append(half);
  await using second = await partials.open(digest, sizeBytes);
  assert.equal(second.bytes, 0);
  await second.append(half);
  await second.discard();
  assert.equal(readdirSync(path).length, 1);
});

test('PartialBlobs begins anew when there is more than the blob can have', async () => {
  const path = folder();
  writeFileSync(join(path, digestHex(digest)), Buffer.alloc(sizeBytes + 1));
  await using partial = await new PartialBlobs(path).open(digest, sizeBytes);
  assert.equal(partial.bytes, 0);
});

test('PartialBlobs removes what has waited for more than a week, at its start and when the next one comes', async () => {
  const path = folder();
  const longAgo = new Date(Date.now() - 8 * 24 * 60 * 60_000);
  const wait = () => {
    for (const name of ['old', 'new']) writeFileSync(join(path, name), 'bytes');
    utimesSync(join(path, 'old'), longAgo, longAgo);
  };
  wait();
  const partials = new PartialBlobs(path);
  assert.deepEqual(readdirSync(path), ['new']);
  wait();
  await using _partial = await partials.open(digest, sizeBytes);
  assert.deepEqual(readdirSync(path).sort(), [digestHex(digest), 'new'].sort());
});

test('PartialBlobs keeps a whole blob until it is forgotten, unless somebody has it open', async () => {
  const path = folder();
  writeFileSync(join(path, digestHex(digest)), Buffer.alloc(sizeBytes));
  const partials = new PartialBlobs(path);
  {
    await using partial = await partials.open(digest, sizeBytes);
    assert.equal(await read(partial), sizeBytes);
    await partials.forget([digest]);
    assert.equal(readdirSync(path).length, 1);
  }
  await partials.forget([digest]);
  assert.deepEqual(readdirSync(path), []);
});

test('PartialBlobs keeps nothing of a blob that comes fast', async () => {
  const path = folder();
  const large = 64 << 20;
  await using partial = await new PartialBlobs(path).open(digest, large);
  for (let bytes = 0; bytes < large / 2; bytes += half.length) await partial.append(half);
  assert.deepEqual(readdirSync(path), []);
});

test('PartialBlobs does without a place that cannot be written', async () => {
  const path = folder();
  const partials = new PartialBlobs(path);
  rmSync(path, { recursive: true });
  await using partial = await partials.open(digest, sizeBytes);
  await partial.append(half);
  assert.equal(partial.bytes, 0);
});
