import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { acceptsGzip, gzip } from './compress.ts';

test('acceptsGzip() follows the header', () => {
  for (const header of ['gzip', 'deflate, GZIP', 'gzip;q=0.5, *;q=0', 'br , gzip ; q=1']) {
    assert.equal(acceptsGzip(header), true, header);
  }
  for (const header of [undefined, '', 'identity', 'gzip;q=0', 'gzip;q=0.000', 'x-gzip']) {
    assert.equal(acceptsGzip(header), false, String(header));
  }
});

test('gzip() gives what unpacks to the source, and ends with it', async () => {
  let ended = false;
  async function* source() {
    try {
      for (let index = 0; index < 100; index++) yield Buffer.alloc(10_000, index);
    } finally {
      ended = true;
    }
  }
  const packed = Buffer.concat(await Array.fromAsync(gzip(source())));
  assert.equal(gunzipSync(packed).length, 1_000_000);
  ended = false;
  for await (const _ of gzip(source())) break;
  await new Promise(setImmediate);
  assert.equal(ended, true);
});

test('gzip() fails with its source', async () => {
  async function* source(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('x');
    throw new Error('broken');
  }
  await assert.rejects(Array.fromAsync(gzip(source())), /broken/);
});
