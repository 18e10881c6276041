import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freeBytes } from './free-bytes.ts';

test('freeBytes() gives back a buffer that the bytes fill, and no other', () => {
  const whole = new Uint8Array(1 << 20);
  freeBytes(whole);
  assert.equal(whole.length, 0);
  const large = new Uint8Array(1 << 20);
  freeBytes(large.subarray(1));
  freeBytes(large.subarray(0, 1 << 19));
  assert.equal(large.length, 1 << 20);
  const pooled = Buffer.from('small');
  freeBytes(pooled);
  assert.equal(pooled.toString(), 'small');
});
