import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { zstdCompressSync } from 'node:zlib';
import { dataFrames } from './zstd-data.ts';

const noise = createHash('shake256', { outputLength: 5000 }).update('noise').digest();
const skippable = Buffer.from('502a4d18040000006a756e6b', 'hex');

async function* bytewise(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at++) yield bytes.subarray(at, at + 1);
}

test('dataFrames() gives the frames of data, and skips what of one is not read', async () => {
  const frames = [zstdCompressSync(noise), skippable, zstdCompressSync('second'), zstdCompressSync('third')];
  // What is left of the first one looks like the start of a frame.
  const read = (frames[0]?.indexOf(0x28, 50) ?? 0) + 1;
  const found: number[] = [];
  for await (const frame of dataFrames(bytewise(Buffer.concat(frames)))) {
    let length = 0;
    for await (const piece of frame) {
      length += piece.length;
      if (found.length === 0 && length === read) break;
    }
    found.push(length);
  }
  assert.deepEqual(found, [read, frames[2]?.length, frames[3]?.length]);
});
