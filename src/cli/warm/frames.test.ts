import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, FrameReader, frameKind } from './frames.ts';

test('FrameReader gives frames whole, in whatever pieces they come', () => {
  const bytes = Buffer.concat([
    encodeFrame(frameKind.call, Buffer.from('pwharf\0')),
    encodeFrame(frameKind.go),
    encodeFrame(frameKind.signal, Uint8Array.of(15)),
  ]);
  for (const size of [1, 2, 5, 7, bytes.length]) {
    const reader = new FrameReader();
    const seen: string[] = [];
    for (let at = 0; at < bytes.length; at += size) {
      for (const { kind, payload } of reader.push(bytes.subarray(at, at + size))) {
        seen.push(`${String.fromCharCode(kind)}${payload.toString('latin1')}`);
      }
    }
    assert.deepEqual(seen, ['Cpwharf\0', 'G', 'S\x0f']);
  }
});

test('FrameReader refuses a frame that nobody would send', () => {
  const header = Buffer.from([frameKind.call, 0xff, 0xff, 0xff, 0xff]);
  assert.throws(() => [...new FrameReader().push(header)], { message: 'a frame of 4294967295 bytes' });
});
