import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { compressStream } from './compress-stream.ts';
import { Compressors } from './compressors.ts';

const compressors = new Compressors();
after(() => compressors[Symbol.dispose]());

async function* inPieces(bytes: Uint8Array, length: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

for (const size of [0, 1, 1 << 20, (5 << 20) + 17]) {
  test(`a stream of ${size} bytes comes back from gzip and from zstd`, async () => {
    const bytes = Buffer.from(Uint8Array.from({ length: size }, (_, at) => ((at * at) >> 7) & 0x3f));
    const packed = async (format: 'gzip' | 'zstd', length: number) =>
      Buffer.concat(await Array.fromAsync(compressStream(compressors, inPieces(bytes, length), format)));
    assert.deepEqual(gunzipSync(await packed('gzip', 300_001)), bytes);
    assert.deepEqual(zstdDecompressSync(await packed('zstd', 3 << 20)), bytes);
  });
}

test('compressStream() ends and fails with its source', async () => {
  let ended = false;
  async function* endless() {
    try {
      for (;;) yield new Uint8Array(1 << 20);
    } finally {
      ended = true;
    }
  }
  for await (const _ of compressStream(compressors, endless(), 'gzip')) break;
  assert.equal(ended, true);
  async function* broken(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x');
    throw new Error('broken');
  }
  await assert.rejects(Array.fromAsync(compressStream(compressors, broken(), 'gzip')), /broken/);
});
