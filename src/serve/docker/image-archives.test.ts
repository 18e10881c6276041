import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { serveFakes } from './testing/serve-fakes.ts';

const api = serveFakes();
const scratch = mkdtempSync(join(tmpdir(), 'wharf-test-archives-'));
after(() => rmSync(scratch, { recursive: true }));

test('imageSave sends what has begun to the end, also when a file is removed meanwhile', async () => {
  const path = join(scratch, 'blob');
  writeFileSync(path, 'the end');
  const first = Buffer.alloc(32 << 20);
  const lengthBytes = first.length + 'the end'.length;
  const parts = [first, { path, sizeBytes: 'the end'.length }];
  api.fakes = { images: { save: () => ({ lengthBytes, parts, [Symbol.dispose]() {} }) } };
  const request = httpRequest({ socketPath: api.socketPath, path: '/images/get?names=a' }).end();
  const [answer] = (await once(request, 'response')) as [IncomingMessage];
  rmSync(path);
  let [length, last] = [0, ''];
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    last = chunk.subarray(-7).toString();
  }
  assert.deepEqual([length, last], [lengthBytes, 'the end']);
});
