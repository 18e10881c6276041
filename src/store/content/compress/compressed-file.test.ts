import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';
import { CompressedFile } from './compressed-file.ts';
import { Compressors } from './compressors.ts';

const folder = mkdtempSync(join(tmpdir(), 'wharf-test-compress-'));
const compressors = new Compressors();
after(() => {
  compressors[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Bytes over several blocks that neither repeat nor resist. */
function sampleFile(size: number): { path: string; bytes: Buffer } {
  const bytes = Buffer.alloc(size);
  for (let at = 0; at < size; at++) bytes[at] = ((at * at) >> 7) & 0x3f;
  const path = join(folder, `sample-${size}`);
  writeFileSync(path, bytes);
  return { path, bytes };
}

async function read(file: CompressedFile, from = 0): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of file.read(from, () => {})) pieces.push(Buffer.from(piece));
  return Buffer.concat(pieces);
}

for (const size of [0, 1, 1 << 20, (5 << 20) + 17]) {
  test(`a file of ${size} bytes comes back from gzip and from zstd`, async () => {
    const { path, bytes } = sampleFile(size);
    const gzip = await read(new CompressedFile(compressors, { path, size, format: 'gzip' }));
    assert.deepEqual(gunzipSync(gzip), bytes);
    const zstd = await read(new CompressedFile(compressors, { path, size, format: 'zstd' }));
    assert.deepEqual(zstdDecompressSync(zstd), bytes);
  });
}

test('reading goes on anywhere in what was read, with the same bytes', async () => {
  const { path, bytes } = sampleFile((4 << 20) + 5);
  const file = new CompressedFile(compressors, { path, size: bytes.length, format: 'gzip' });
  const whole = await read(file);
  for (const from of [0, 1, 1000, Math.floor(whole.length / 2), whole.length - 1]) {
    assert.deepEqual(await read(file, from), whole.subarray(from));
  }
  assert.equal((await read(file, whole.length)).length, 0);
});

test('reading goes on where it was cut before the end was seen', async () => {
  const { path, bytes } = sampleFile((4 << 20) + 6);
  const file = new CompressedFile(compressors, { path, size: bytes.length, format: 'gzip' });
  const first: Uint8Array[] = [];
  for await (const piece of file.read(0, () => {})) {
    first.push(Buffer.from(piece));
    if (first.length === 2) break;
  }
  const cut = Buffer.concat(first).length - 100;
  const rest = await read(file, cut);
  assert.deepEqual(gunzipSync(Buffer.concat([Buffer.concat(first).subarray(0, cut), rest])), bytes);
});

test('how far reading got in the file itself is told', async () => {
  const { path, bytes } = sampleFile((2 << 20) + 7);
  const file = new CompressedFile(compressors, { path, size: bytes.length, format: 'gzip' });
  const positions: number[] = [];
  for await (const _ of file.read(0, (position) => positions.push(position)));
  assert.deepEqual(positions, [1 << 20, 2 << 20, bytes.length]);
});

test('a file that is too short is an error, not half a stream', async () => {
  const { path, bytes } = sampleFile(100);
  const file = new CompressedFile(compressors, { path, size: bytes.length + 1, format: 'gzip' });
  await assert.rejects(read(file), /ends early/);
});
