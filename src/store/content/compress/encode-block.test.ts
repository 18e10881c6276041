import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { encodeBlock } from './encode-block.ts';

/** Bytes that no compressor makes fewer, the same each time. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('shake256', { outputLength: length }).update('noise').digest());
}

test('encodeBlock() stores what does not shrink', () => {
  const bytes = noise(1 << 20);
  const packed = encodeBlock(bytes, 'gzip');
  assert.deepEqual(new Uint8Array(gunzipSync(packed)), bytes);
  assert.ok(packed.length > bytes.length && packed.length < bytes.length * 1.001);
});

test('encodeBlock() packs what shrinks in one of its parts', () => {
  const bytes = noise(1 << 20).fill(0x61, 0, 300 << 10);
  const packed = encodeBlock(bytes, 'gzip');
  assert.deepEqual(new Uint8Array(gunzipSync(packed)), bytes);
  assert.ok(packed.length < bytes.length * 0.75);
});

test('encodeBlock() gives the same bytes for the same block', () => {
  for (const bytes of [noise(1 << 20), noise(100), new Uint8Array(70_000)]) {
    assert.deepEqual(encodeBlock(bytes, 'gzip'), encodeBlock(bytes, 'gzip'));
  }
});
