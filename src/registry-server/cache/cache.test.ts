import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { digestOf } from '#base';
import { startTestServer, type TestServer } from '../testing/server.ts';

/** A cache of everything that an upstream has. */
function cacheOf(upstream: TestServer, options = {}): Promise<TestServer> {
  return startTestServer({ cache: `http://${upstream.address}`, ...options });
}

/** A server that answers everything. */
async function serveAlways(answer: (path: string) => { readonly type: string; readonly body: string }) {
  const server = createServer((request, response) => {
    const { type, body } = answer(request.url ?? '');
    response.setHeader('Content-Type', type);
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function errorOf(response: Response): Promise<string> {
  const { errors } = JSON.parse(await response.text());
  return errors[0].code;
}

test('a pull that misses is answered from the upstream, the next one from the copy', async () => {
  const upstream = await startTestServer();
  const layer = 'layer '.repeat(100_000);
  const image = await upstream.pushImage('library/app', 'v1', layer);
  await using cache = await cacheOf(upstream);
  const manifest = await cache.ask('GET', '/v2/library/app/manifests/v1');
  assert.equal(await manifest.text(), image.content);
  const first = await cache.ask('GET', `/v2/library/app/blobs/${image.layer}`);
  assert.equal(first.headers.get('content-length'), String(layer.length));
  assert.equal(await first.text(), layer);
  await cache.ask('GET', `/v2/library/app/blobs/${image.config}`).then((response) => response.text());
  await upstream[Symbol.asyncDispose]();
  assert.equal(await (await cache.ask('GET', '/v2/library/app/manifests/v1')).text(), image.content);
  assert.equal(await (await cache.ask('GET', `/v2/library/app/blobs/${image.layer}`)).text(), layer);
});

test('a project may be the copy of an upstream, others are our own', async () => {
  await using upstream = await startTestServer();
  const image = await upstream.pushImage('library/app', 'v1', 'layer');
  const file = JSON.stringify({ projects: { hub: { cache: { url: `http://${upstream.address}` } } } });
  await using cache = await startTestServer({}, { file });
  assert.equal(await (await cache.ask('GET', '/v2/hub/library/app/manifests/v1')).text(), image.content);
  assert.deepEqual(JSON.parse(await (await cache.ask('GET', '/v2/hub/library/app/tags/list')).text()).tags, [
    'v1',
  ]);
  await cache.pushImage('own/app', 'v1', 'own layer');
  const push = await cache.ask('POST', '/v2/hub/library/app/blobs/uploads/');
  assert.equal(push.status, 405);
});

test('a tag that was looked up long ago is asked for again; without an answer the older copy is served', async () => {
  const upstream = await startTestServer();
  const older = await upstream.pushImage('library/app', 'latest', 'older');
  await using cache = await cacheOf(upstream, { 'cache-expiry': '0s' });
  const pull = async () => (await cache.ask('GET', '/v2/library/app/manifests/latest')).text();
  assert.equal(await pull(), older.content);
  const newer = await upstream.pushImage('library/app', 'latest', 'newer');
  assert.equal(await pull(), newer.content);
  await upstream[Symbol.asyncDispose]();
  assert.equal(await pull(), newer.content);
  assert.equal((await cache.ask('GET', '/v2/library/app/manifests/other')).status, 503);
});

test('a tag is believed until it expires', async () => {
  await using upstream = await startTestServer();
  const older = await upstream.pushImage('library/app', 'latest', 'older');
  await using cache = await cacheOf(upstream);
  const pull = async () => (await cache.ask('GET', '/v2/library/app/manifests/latest')).text();
  await pull();
  await upstream.pushImage('library/app', 'latest', 'newer');
  assert.equal(await pull(), older.content);
});

test('what the upstream does not have is unknown, also when it had it', async () => {
  await using upstream = await startTestServer();
  const image = await upstream.pushImage('library/app', 'gone', 'layer');
  await using cache = await cacheOf(upstream, { 'cache-expiry': '0s' });
  const pull = () => cache.ask('GET', '/v2/library/app/manifests/gone');
  assert.equal((await pull()).status, 200);
  await upstream.ask('DELETE', `/v2/library/app/manifests/${image.digest}`);
  assert.equal(await errorOf(await pull()), 'MANIFEST_UNKNOWN');
  assert.equal(
    await errorOf(await cache.ask('GET', `/v2/library/app/blobs/${digestOf('x')}`)),
    'BLOB_UNKNOWN',
  );
});

test('many clients that miss the same blob share one download', async () => {
  await using upstream = await startTestServer();
  const layer = 'shared '.repeat(300_000);
  const image = await upstream.pushImage('library/app', 'v1', layer);
  await using cache = await cacheOf(upstream);
  await cache.ask('GET', '/v2/library/app/manifests/v1');
  const pull = async () => (await cache.ask('GET', `/v2/library/app/blobs/${image.layer}`)).text();
  const bodies = await Promise.all(Array.from({ length: 8 }, pull));
  assert.ok(bodies.every((body) => body === layer));
  assert.match(upstream.running.house.metrics.format(), /route="blob",method="GET",status="200"} 1\n/);
});

test('a blob that is not what its digest says never looks whole, and is not kept', async () => {
  const good = 'true '.repeat(500_000);
  const config = '{}';
  const parts = [config, good].map((text) => ({
    mediaType: 'a/b',
    digest: digestOf(text),
    size: text.length,
  }));
  const type = 'application/vnd.oci.image.manifest.v1+json';
  const manifest = { schemaVersion: 2, mediaType: type, config: parts[0], layers: [parts[1]] };
  await using liar = await serveAlways((path) => {
    if (path.includes('/manifests/')) return { type, body: JSON.stringify(manifest) };
    return { type: 'a/b', body: path.includes(digestOf(good)) ? 'lies '.repeat(500_000) : 'too long' };
  });
  await using cache = await startTestServer({ cache: liar.url });
  await cache.ask('GET', '/v2/library/app/manifests/v1');
  const large = await cache.ask('GET', `/v2/library/app/blobs/${digestOf(good)}`);
  await assert.rejects(large.text());
  assert.equal((await cache.ask('GET', `/v2/library/app/blobs/${digestOf(config)}`)).status, 503);
  assert.equal(cache.running.house.registry.uploads.count(), 0);
});

test('copies that nobody pulls are forgotten', async () => {
  await using upstream = await startTestServer();
  await upstream.pushImage('library/app', 'v1', 'layer');
  await using cache = await cacheOf(upstream, { 'gc-grace': '0s' });
  await cache.ask('GET', '/v2/library/app/manifests/v1');
  const { sources, registry, collector } = cache.running.house;
  sources.expire();
  assert.equal(registry.listRepositories().length, 1);
  const nextMonth = Date.now() + 30 * 24 * 3600_000;
  sources.expire(nextMonth);
  await collector.collect(nextMonth);
  assert.deepEqual(registry.listRepositories(), []);
  assert.equal(registry.total().count, 0);
});

test('a copy of one project is not read from another project’s blobs', async () => {
  await using upstream = await startTestServer();
  const secret = 'what another project keeps to itself';
  const image = await upstream.pushImage('library/app', 'v1', secret);
  const file = JSON.stringify({ projects: { hub: { cache: { url: `http://${upstream.address}` } } } });
  await using cache = await startTestServer({}, { file });
  await cache.pushBlob('private/app', secret);
  await cache.ask('GET', '/v2/hub/library/app/manifests/v1');
  await upstream[Symbol.asyncDispose]();
  assert.equal((await cache.ask('GET', `/v2/hub/library/app/blobs/${image.layer}`)).status, 503);
});
