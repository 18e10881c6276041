import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startS3 } from '../testing/s3-server.ts';
import { startTestServer } from '../testing/server.ts';

test('a registry over S3 takes, serves and collects images', async () => {
  await using s3 = await startS3();
  await using server = await startTestServer({ 'gc-grace': '0s' }, { file: s3.file });
  const image = await server.pushImage('team/app', 'v1', 'a layer in S3');
  assert.equal(await (await server.ask('GET', '/v2/team/app/manifests/v1')).text(), image.content);
  const blob = `/v2/team/app/blobs/${image.layer}`;
  assert.equal(await (await server.ask('GET', blob)).text(), 'a layer in S3');
  const part = await server.ask('GET', blob, { headers: { Range: 'bytes=2-6' } });
  assert.equal(await part.text(), 'layer');
  assert.equal((await server.ask('HEAD', blob)).headers.get('content-length'), '13');
  assert.equal((await server.ask('GET', '/healthz')).status, 200);
  await server.ask('DELETE', `/v2/team/app/manifests/${image.digest}`);
  await server.running.house.collector.collect(Date.now() + 2 * 3600_000);
  const left = [];
  for await (const stored of server.running.house.storage.list()) left.push(stored);
  assert.deepEqual(left, []);
});

test('a registry whose S3 does not answer says so, and what it remembers is served', async () => {
  const s3 = await startS3();
  await using server = await startTestServer({}, { file: s3.file });
  const image = await server.pushImage('team/app', 'v1', 'layer');
  await s3[Symbol.asyncDispose]();
  assert.equal((await server.ask('GET', `/v2/team/app/blobs/${image.layer}`)).status, 503);
  await assert.rejects(server.pushBlob('team/app', 'new'), /503/);
  assert.equal((await server.ask('GET', '/healthz')).status, 503);
  assert.equal((await server.ask('GET', '/v2/team/app/manifests/v1')).status, 200);
});
