import assert from 'node:assert/strict';
import { test } from 'node:test';
import { demultiplex } from './multiplex.ts';

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(text.length, 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

for (const size of [1, 3, 8, 1000]) {
  test(`demultiplex() does not mind pieces of ${size}`, async () => {
    const bytes = Buffer.concat([frame(1, 'out one'), frame(2, 'err'), frame(1, ''), frame(1, ' two')]);
    const texts: Record<number, string> = {};
    for await (const { stream, payload } of demultiplex(inPieces(bytes, size))) {
      texts[stream] = (texts[stream] ?? '') + Buffer.from(payload).toString();
    }
    assert.deepEqual(texts, { 1: 'out one two', 2: 'err' });
  });
}
