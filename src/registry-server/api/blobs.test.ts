import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { digestOf } from '#base';
import { startTestServer, type TestServer } from '../testing/server.ts';

const content = Buffer.from(Array.from({ length: 300_000 }, (_, index) => index % 253));
const digest = digestOf(content);
const path = `/v2/team/app/blobs/${digest}`;
let server: TestServer;

before(async () => {
  server = await startTestServer();
  await server.pushBlob('team/app', content);
});
after(async () => server[Symbol.asyncDispose]());

async function errorOf(response: Response): Promise<string> {
  const { errors } = JSON.parse(await response.text());
  return errors[0].code;
}

test('GET and HEAD of a blob tell its digest and length', async () => {
  for (const method of ['GET', 'HEAD']) {
    const response = await server.ask(method, path);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('docker-content-digest'), digest);
    assert.equal(response.headers.get('content-length'), String(content.length));
    assert.equal(response.headers.get('docker-distribution-api-version'), 'registry/2.0');
    const body = Buffer.from(await response.arrayBuffer());
    assert.ok(body.equals(method === 'GET' ? content : Buffer.alloc(0)));
  }
});

test('GET of a range answers with that part', async () => {
  const cases = [
    ['bytes=0-0', 0, 1],
    ['bytes=100-', 100, content.length],
    ['bytes=-5', content.length - 5, content.length],
    ['bytes=299990-999999', 299_990, content.length],
  ] as const;
  for (const [range, start, end] of cases) {
    const response = await server.ask('GET', path, { headers: { Range: range } });
    assert.equal(response.status, 206, range);
    assert.equal(response.headers.get('content-range'), `bytes ${start}-${end - 1}/${content.length}`);
    assert.ok(Buffer.from(await response.arrayBuffer()).equals(content.subarray(start, end)));
  }
});

test('GET refuses a range that the blob has not, and ignores what is no range', async () => {
  for (const range of ['bytes=300000-', 'bytes=5-2']) {
    const beyond = await server.ask('GET', path, { headers: { Range: range } });
    assert.equal(beyond.status, 416);
    assert.equal(beyond.headers.get('content-range'), 'bytes */300000');
    assert.equal(await errorOf(beyond), 'RANGE_INVALID');
  }
  for (const range of ['lines=1-2', 'bytes=a-b', 'bytes=0-1,5-6', 'bytes=-']) {
    const response = await server.ask('GET', path, { headers: { Range: range } });
    assert.equal(response.status, 200, range);
    assert.equal((await response.arrayBuffer()).byteLength, content.length);
  }
});

test('GET of a blob that is known by its ETag answers 304', async () => {
  const response = await server.ask('GET', path, { headers: { 'If-None-Match': `"${digest}"` } });
  assert.equal(response.status, 304);
});

test('a blob of another repository is unknown in this one', async () => {
  const known = { headers: { 'If-None-Match': `"${digest}"` } };
  assert.equal((await server.ask('GET', `/v2/other/app/blobs/${digest}`, known)).status, 404);
  const response = await server.ask('GET', `/v2/other/app/blobs/${digest}`);
  assert.equal(response.status, 404);
  assert.equal(await errorOf(response), 'BLOB_UNKNOWN');
});

test('what is no digest is refused', async () => {
  const malformed = ['sha256:abc', 'md5:00', `sha256:${'G'.repeat(64)}`, 'x', `sha512:${'a'.repeat(64)}`];
  for (const word of malformed) {
    const response = await server.ask('GET', `/v2/team/app/blobs/${word}`);
    assert.equal(response.status, 400, word);
    assert.equal(await errorOf(response), 'DIGEST_INVALID');
  }
});

test('DELETE takes a blob from the repository, unless a manifest is made of it', async () => {
  const image = await server.pushImage('team/used', 'latest', 'layer of an image');
  const used = await server.ask('DELETE', `/v2/team/used/blobs/${image.layer}`);
  assert.equal(used.status, 405);
  const loose = await server.pushBlob('team/used', 'loose');
  assert.equal((await server.ask('DELETE', `/v2/team/used/blobs/${loose}`)).status, 202);
  assert.equal((await server.ask('HEAD', `/v2/team/used/blobs/${loose}`)).status, 404);
  assert.equal((await server.ask('DELETE', `/v2/team/used/blobs/${loose}`)).status, 404);
});

test('one blob of many repositories is stored once', async () => {
  const earlier = server.running.house.registry.total();
  for (const repository of ['p/one', 'p/two', 'q/three']) await server.pushBlob(repository, 'stored once');
  const total = server.running.house.registry.total();
  assert.equal(total.count, earlier.count + 1);
  assert.equal(total.bytes, earlier.bytes + 'stored once'.length);
});
