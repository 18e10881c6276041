import assert from 'node:assert/strict';
import { readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { digestHex, digestOf } from '#base';
import { startTestServer, type TestServer } from '../testing/server.ts';

const hour = 3600_000;
const day = 24 * hour;

function stored(server: TestServer): number {
  return readdirSync(join(server.folder, 'data/blobs')).length;
}

test('collect() removes what no manifest is made of, once its grace is over', async () => {
  await using server = await startTestServer();
  const { collector } = server.running.house;
  const image = await server.pushImage('team/app', 'v1', 'kept');
  await server.pushBlob('team/app', 'never used');
  assert.deepEqual(await collector.collect(), { blobs: 0, uploads: 0 });
  assert.deepEqual(await collector.collect(Date.now() + 25 * hour), { blobs: 1, uploads: 0 });
  assert.equal(stored(server), 3);
  for (const digest of [image.config, image.layer]) {
    assert.equal((await server.ask('GET', `/v2/team/app/blobs/${digest}`)).status, 200);
  }
});

test('collect() removes a deleted image, but not what another one shares with it', async () => {
  await using server = await startTestServer({ 'gc-grace': '0s' });
  const { collector, registry } = server.running.house;
  const image = await server.pushImage('team/app', 'v1', 'shared layer');
  await server.pushImage('team/copy', 'v1', 'shared layer');
  await server.ask('DELETE', `/v2/team/app/manifests/${image.digest}`);
  await collector.collect(Date.now() + 1000);
  assert.equal(stored(server), 3);
  assert.deepEqual(registry.listRepositories(), ['team/copy']);
  assert.equal((await server.ask('GET', '/v2/team/app/tags/list')).status, 404);
  registry.deleteRepository('team/copy');
  await collector.collect(Date.now() + 1000);
  assert.equal(stored(server), 0);
});

test('collect() without a grace takes what images leave at once, and nothing of a push in flight', async () => {
  await using server = await startTestServer({ 'gc-grace': '0s' });
  const { collector } = server.running.house;
  const { digest, layer } = await server.pushImage('team/app', 'v1', 'pushed');
  const remove = () => server.ask('DELETE', `/v2/team/app/manifests/${digest}`);
  await remove();
  // Somebody who pushes the same is told of the layer, a moment after another has pushed it.
  assert.equal((await server.ask('HEAD', `/v2/team/app/blobs/${layer}`)).status, 200);
  await server.pushBlob('team/app', 'of a push that has just begun');
  await collector.collect(Date.now() + hour - 1000);
  assert.equal((await server.ask('HEAD', `/v2/team/app/blobs/${layer}`)).status, 200);
  assert.equal(stored(server), 2);
  await server.pushImage('team/app', 'v1', 'pushed');
  await remove();
  await collector.collect(Date.now() + 1000);
  assert.equal((await server.ask('HEAD', `/v2/team/app/blobs/${layer}`)).status, 404);
  await collector.collect(Date.now() + 2 * hour);
  assert.equal(stored(server), 0);
});

test('collect() leaves what a push in flight was told of', async () => {
  await using server = await startTestServer({ 'gc-grace': '1h' });
  const { collector } = server.running.house;
  const image = await server.pushImage('team/app', 'v1', 'told of');
  await server.ask('DELETE', `/v2/team/app/manifests/${image.digest}`);
  // A client asks whether it has to send the layer, and will push its manifest later.
  assert.equal((await server.ask('HEAD', `/v2/team/app/blobs/${image.layer}`)).status, 200);
  await collector.collect(Date.now() + hour - 1000);
  const headers = { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' };
  const put = await server.ask('PUT', '/v2/team/app/manifests/v1', { body: image.content, headers });
  assert.equal(put.status, 201);
  await collector.collect(Date.now() + day);
  assert.equal((await server.ask('GET', `/v2/team/app/blobs/${image.layer}`)).status, 200);
});

test('collect() while images are pushed and pulled breaks none of them', async () => {
  await using server = await startTestServer({ 'gc-grace': '1h' });
  const { collector } = server.running.house;
  let pushing = true;
  const collecting = (async () => {
    while (pushing) {
      await collector.collect();
      await nextTurn();
    }
  })();
  const push = async (lane: number) => {
    for (let round = 0; round < 15; round++) {
      const { layer, digest } = await server.pushImage(`team/lane${lane}`, 'v1', `layer ${round % 3}`);
      assert.equal(
        await (await server.ask('GET', `/v2/team/lane${lane}/blobs/${layer}`)).text(),
        `layer ${round % 3}`,
      );
      await server.ask('DELETE', `/v2/team/lane${lane}/manifests/${digest}`);
    }
  };
  await Promise.all([push(1), push(2), push(3)]);
  pushing = false;
  await collecting;
});

test('collect() ends uploads that rest for too long, and no others', async () => {
  await using server = await startTestServer();
  const { collector } = server.running.house;
  const begin = async () =>
    (await server.ask('POST', '/v2/a/b/blobs/uploads/')).headers.get('location') ?? '';
  const resting = await begin();
  const running = await begin();
  const past = new Date(Date.now() - 2 * day);
  utimesSync(join(server.folder, 'data/uploads', resting.split('/').at(-1) ?? ''), past, past);
  assert.deepEqual(await collector.collect(), { blobs: 0, uploads: 1 });
  assert.equal((await server.ask('GET', resting)).status, 404);
  assert.equal((await server.ask('GET', running)).status, 204);
});

test('collect() removes bytes that a killed server left without a record', async () => {
  await using server = await startTestServer();
  const path = join(server.folder, 'data/blobs', digestHex(digestOf('orphan')));
  writeFileSync(path, 'orphan');
  await server.running.house.collector.collect();
  assert.equal(stored(server), 1);
  const past = new Date(Date.now() - 2 * day);
  utimesSync(path, past, past);
  await server.running.house.collector.collect();
  assert.equal(stored(server), 0);
});
