import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, zstdCompressSync } from 'node:zlib';
import { EngineError } from '#base';
import { looksLikeZstd, ZstdFrames } from './zstd-frames.ts';

const random = Buffer.from(Array.from({ length: 300_000 }, (_, index) => (index * index * 31) >> 7));
const skippable = Buffer.concat([Buffer.from([0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0]), Buffer.from('toc')]);
const checked = { params: { [constants.ZSTD_c_checksumFlag]: 1 } };
const frames = [
  zstdCompressSync(''),
  zstdCompressSync('x'),
  zstdCompressSync(Buffer.alloc(1_000_000), checked),
  skippable,
  zstdCompressSync(random),
  zstdCompressSync(random.subarray(0, 70_000), checked),
];

/** Where frames begin. */
function walk(bytes: Uint8Array, pieceBytes: number): number[] {
  const walker = new ZstdFrames();
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    for (const start of walker.push(bytes.subarray(at, at + pieceBytes))) starts.push(at + start);
  }
  walker.finish();
  return starts;
}

test('ZstdFrames goes over frames of every kind, in pieces of any length', () => {
  const stream = Buffer.concat(frames);
  const starts = frames.map((_, index) => Buffer.concat(frames.slice(0, index)).length);
  for (const pieceBytes of [1, 3, 1000, stream.length]) assert.deepEqual(walk(stream, pieceBytes), starts);
  for (const frame of frames) assert.deepEqual(walk(frame, 10), [0]);
});

test('ZstdFrames tells a stream that is cut, and one that goes on as something else', () => {
  const invalid = (error: unknown) => error instanceof EngineError && error.kind === 'invalid';
  for (const frame of frames) {
    for (const length of [1, 4, 5, frame.length - 1]) {
      assert.throws(() => walk(frame.subarray(0, length), 7), invalid);
    }
    assert.throws(() => walk(Buffer.concat([frame, Buffer.from('garbage')]), 7), invalid);
  }
});

test('looksLikeZstd() knows both kinds of frames', () => {
  assert.deepEqual([...frames, Buffer.from('x'), Buffer.alloc(9)].map(looksLikeZstd), [
    ...frames.map(() => true),
    false,
    false,
  ]);
});
