import assert from 'node:assert/strict';
import { rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../testing/server.ts';

let server: TestServer;

before(async () => {
  const file = JSON.stringify({ projects: { large: { quota: '1m' } } });
  server = await startTestServer({ quota: '1k' }, { file });
});
after(async () => server[Symbol.asyncDispose]());

async function begin(repository: string): Promise<string> {
  const response = await server.ask('POST', `/v2/${repository}/blobs/uploads/`);
  return response.headers.get('location') ?? '';
}

test('a project takes no more than its quota, however it is sent', async () => {
  const refused = await server.ask('PATCH', await begin('small/app'), { body: 'x'.repeat(1025) });
  assert.equal(refused.status, 403);
  const { errors } = JSON.parse(await refused.text());
  assert.deepEqual(errors, [{ code: 'DENIED', message: 'quota of project small exceeded' }]);
  await assert.rejects(server.pushBlob('small/app', 'y'.repeat(1025)), /403/);
  await server.pushBlob('small/app', 'z'.repeat(600));
  await assert.rejects(server.pushBlob('small/other', 'w'.repeat(600)), /403/);
});

/** Makes an upload one to which nothing was appended for an hour. */
function rest(place: string): void {
  const past = new Date(Date.now() - 3_600_000);
  utimesSync(join(server.folder, 'data/uploads', place.split('/').at(-1) ?? ''), past, past);
}

test('what is still being uploaded counts, until it ends', async () => {
  const place = await begin('busy/app');
  assert.equal((await server.ask('PATCH', place, { body: 'x'.repeat(600) })).status, 202);
  await assert.rejects(server.pushBlob('busy/other', 'y'.repeat(600)), /403/);
  assert.equal((await server.ask('PATCH', place, { body: 'x'.repeat(400) })).status, 202);
  assert.equal((await server.ask('DELETE', place)).status, 204);
  await server.pushBlob('busy/other', 'y'.repeat(600));
});

test('an upload that would go beyond the quota is over, and so makes room', async () => {
  const place = await begin('over/app');
  assert.equal((await server.ask('PATCH', place, { body: 'x'.repeat(900) })).status, 202);
  assert.equal((await server.ask('PATCH', place, { body: 'x'.repeat(900) })).status, 403);
  assert.equal((await server.ask('GET', place)).status, 404);
  await server.pushBlob('over/app', 'y'.repeat(900));
});

test('an upload that has rested and then goes beyond the quota is told so', async () => {
  const place = await begin('late/app');
  await server.ask('PATCH', place, { body: 'x'.repeat(900) });
  rest(place);
  assert.equal((await server.ask('PATCH', place, { body: 'x'.repeat(900) })).status, 403);
});

test('an upload that rests gives way to one that needs its room', async () => {
  const place = await begin('rest/app');
  await server.ask('PATCH', place, { body: 'x'.repeat(900) });
  rest(place);
  await server.pushBlob('rest/app', 'y'.repeat(900));
  assert.equal((await server.ask('GET', place)).status, 404);
});

test('what an earlier server has left counts, too', async () => {
  const first = await startTestServer({ quota: '1k' });
  const { folder } = first;
  const kept = await first.ask('POST', '/v2/left/app/blobs/uploads/');
  await first.ask('PATCH', kept.headers.get('location') ?? '', { body: 'x'.repeat(900) });
  await first.running[Symbol.asyncDispose]();
  await using next = await startTestServer({ quota: '1k' }, { folder });
  await assert.rejects(next.pushBlob('left/app', 'y'.repeat(900)), /403/);
  await next.ask('DELETE', kept.headers.get('location') ?? '');
  await next.pushBlob('left/app', 'y'.repeat(900));
  rmSync(folder, { recursive: true });
});

test('what repositories of a project share counts once', async () => {
  await server.pushBlob('shared/one', 'x'.repeat(700));
  const digest = await server.pushBlob('shared/two', 'x'.repeat(700));
  assert.equal(server.running.house.registry.usedBy('shared'), 700);
  const mount = await server.ask('POST', `/v2/shared/three/blobs/uploads/?mount=${digest}&from=shared/one`);
  assert.equal(mount.status, 201);
});

test('a mount from another project counts', async () => {
  const digest = await server.pushBlob('large/app', 'v'.repeat(2000));
  const mount = await server.ask('POST', `/v2/tight/app/blobs/uploads/?mount=${digest}&from=large/app`);
  assert.equal(mount.status, 403);
});

test('projects with a quota of their own have that', async () => {
  await server.pushBlob('large/app', 'u'.repeat(500_000));
  await assert.rejects(server.pushBlob('large/app', 't'.repeat(600_000)), /403/);
});

test('of blobs that come at once no more are kept than there is room for', async () => {
  const contents = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(400));
  const pushed = await Promise.allSettled(contents.map((content) => server.pushBlob('crowd/app', content)));
  assert.equal(pushed.filter(({ status }) => status === 'fulfilled').length, 2);
  assert.equal(server.running.house.registry.usedBy('crowd'), 800);
});
