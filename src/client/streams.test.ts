import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readJsonLines } from './index.ts';

async function* inPieces(bytes: Buffer, size: number) {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test('readJsonLines() reads a value a line, the last without line end', async () => {
  const values: unknown[] = [];
  for await (const value of readJsonLines(inPieces(Buffer.from('{"a":"ä"}\r\n\n[1]\r\n2'), 2)))
    values.push(value);
  assert.deepEqual(values, [{ a: 'ä' }, [1], 2]);
});
