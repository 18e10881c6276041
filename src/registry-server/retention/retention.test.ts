import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base';
import { indexType, manifestType, startTestServer } from '../testing/server.ts';
import { forgetTag } from './forget.ts';

test('retention rules and deletes take what only a tag kept, and its bytes go with the collection', async () => {
  await using server = await startTestServer({ 'gc-grace': '0' });
  const { house } = server.running;
  const headers = { 'X-CSRF-Token': 'x' };
  const manage = async (method: string, path: string, body?: unknown) => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await server.ask(method, `/api${path}`, { headers, ...text });
    return { status: response.status, value: JSON.parse((await response.text()) || 'null') };
  };
  await manage('POST', '/projects', { name: 'team' });
  const kept = await server.pushImage('team/app', 'release', 'r');
  for (const tag of ['dev-1', 'dev-2', 'dev-3']) await server.pushImage('team/app', tag, tag);
  await server.pushImage('team/app', 'also-dev-1', 'dev-1');
  const rules = [{ tags: 'release' }, { tags: 'dev-*', keepNewest: 1 }];
  await manage('PUT', '/projects/team/retention', { rules });
  assert.deepEqual((await manage('GET', '/projects/team/retention')).value, rules);

  const told = (await manage('GET', '/projects/team/retention/expired')).value;
  assert.equal(told.tags.length, 2);
  assert.deepEqual((await manage('POST', '/projects/team/retention/apply')).value, told);
  const tags = house.registry.listTags('team/app').map(({ name }) => name);
  assert.ok(tags.includes('release') && tags.includes('also-dev-1'));
  assert.equal(tags.length, 3);
  assert.equal(house.registry.listManifests('team/app').length, 3);

  assert.equal((await manage('DELETE', '/tag?repository=team/app&tag=release')).status, 204);
  assert.equal((await manage('DELETE', '/tag?repository=team/app&tag=release')).status, 404);
  await house.collector.collect(Date.now() + 1000);
  assert.equal((await server.ask('HEAD', `/v2/team/app/blobs/${kept.layer}`)).status, 404);
});

test('two who let go of tags at once do not trip over each other', async () => {
  await using server = await startTestServer();
  const { retention, access, registry } = server.running.house;
  access.accounts.addProject('team', false, undefined);
  access.accounts.projects.setRetention('team', [{ tags: '*', keepNewest: 0 }]);
  for (const tag of ['one', 'two', 'three']) await server.pushImage('team/app', tag, tag);
  const later = Date.now() + 1000;
  const gone = await Promise.all([retention.apply('team', later), retention.apply('team', later)]);
  assert.equal(gone.flat().length, 3);
  assert.deepEqual(registry.listRepositories(), []);
});

test('with an index go its manifests and what refers to it, but not what another one lists', async () => {
  await using server = await startTestServer();
  const { registry } = server.running.house;
  const untagged = async (layer: string, extra = {}) => {
    const image = await server.pushImage('team/app', 'passing', layer, extra);
    await server.ask('DELETE', '/v2/team/app/manifests/passing');
    return { mediaType: manifestType, digest: image.digest, size: image.content.length };
  };
  const putIndex = async (tag: string, manifests: readonly object[]) => {
    const body = JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
    const headers = { 'Content-Type': indexType };
    assert.equal((await server.ask('PUT', `/v2/team/app/manifests/${tag}`, { body, headers })).status, 201);
    return { mediaType: indexType, digest: digestOf(body), size: body.length };
  };
  const [own, shared] = [await untagged('own'), await untagged('shared')];
  const first = await putIndex('first', [own, shared]);
  const second = await putIndex('second', [shared]);
  await untagged('signature', { subject: first });

  await forgetTag(registry, 'team/app', 'first');
  const left = registry.listManifests('team/app').map(({ digest }) => digest);
  assert.deepEqual(left.sort(), [shared.digest, second.digest].sort());

  await forgetTag(registry, 'team/app', 'second');
  assert.deepEqual(registry.listRepositories(), []);
});
