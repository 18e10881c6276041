import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bounded } from './bounded.ts';

const gibibyte = 2 ** 30;
/** Only its length counts. */
const piece = new Uint8Array(gibibyte / 16);

async function* pieces(count: number): AsyncGenerator<Uint8Array> {
  for (let left = count * 16; left > 0; left -= 1) yield piece;
}

async function lengthOf(source: AsyncIterable<Uint8Array>): Promise<number> {
  let length = 0;
  for await (const { length: bytes } of source) length += bytes;
  return length;
}

test('bounded() passes what is small, and what is in proportion', async () => {
  assert.equal(await lengthOf(bounded(pieces(16), { bytes: 100 })), 16 * gibibyte);
  assert.equal(await lengthOf(bounded(pieces(100), { bytes: gibibyte / 10 })), 100 * gibibyte);
});

test('bounded() breaks a decompression bomb off', async () => {
  const bomb = bounded(pieces(1000), { bytes: 10_000_000 });
  await assert.rejects(lengthOf(bomb), {
    message: /^more than 1100 times its 10000000 bytes unpack from it$/,
  });
});
