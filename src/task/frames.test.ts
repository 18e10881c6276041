import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, frameTypes, takeFrame, text } from './frames.ts';

test('takeFrame() gives back what encodeFrame() took, and the rest', () => {
  const bytes = Buffer.concat([
    encodeFrame(frameTypes.kill, Buffer.from('ab'), Buffer.from('c')),
    Buffer.from('x'),
  ]);
  const taken = takeFrame(bytes);
  assert.deepEqual(taken, {
    frame: { type: frameTypes.kill, payload: Buffer.from('abc') },
    rest: Buffer.from('x'),
  });
});

test('takeFrame() waits for a whole frame', () => {
  const bytes = encodeFrame(frameTypes.ok, Buffer.from('payload'));
  for (let size = 0; size < bytes.length; size++) assert.equal(takeFrame(bytes.subarray(0, size)), undefined);
});

test('text() ends with a NUL and a multiple of four', () => {
  for (const value of ['', 'a', 'abc', 'abcd']) {
    const bytes = text(value);
    assert.equal(bytes.length % 4, 0);
    assert.equal(bytes[4 + value.length], 0);
    assert.equal(bytes.readUInt32LE(0), value.length);
  }
});
