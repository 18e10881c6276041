import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../testing/server.ts';

let server: TestServer;

before(async () => {
  server = await startTestServer();
  const image = await server.pushImage('list/app', 'v0', 'layer');
  const headers = { 'Content-Type': 'application/vnd.oci.image.manifest.v1+json' };
  for (const tag of ['v1', 'v2', 'a', 'Z']) {
    await server.ask('PUT', `/v2/list/app/manifests/${tag}`, { body: image.content, headers });
  }
  for (const name of ['b', 'c', 'a']) await server.pushImage(`list/${name}`, 'latest', name);
  await server.pushBlob('list/only-a-blob', 'loose');
});
after(async () => server[Symbol.asyncDispose]());

async function pages(path: string): Promise<unknown[]> {
  const found: unknown[] = [];
  for (let next: string | undefined = path; next !== undefined; ) {
    const response = await server.ask('GET', next);
    found.push(JSON.parse(await response.text()));
    next = /^<([^>]+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
  }
  return found;
}

test('tags come in order, page by page', async () => {
  assert.deepEqual(await pages('/v2/list/app/tags/list'), [
    { name: 'list/app', tags: ['Z', 'a', 'v0', 'v1', 'v2'] },
  ]);
  assert.deepEqual(await pages('/v2/list/app/tags/list?n=2'), [
    { name: 'list/app', tags: ['Z', 'a'] },
    { name: 'list/app', tags: ['v0', 'v1'] },
    { name: 'list/app', tags: ['v2'] },
  ]);
  assert.deepEqual(await pages('/v2/list/app/tags/list?last=v1'), [{ name: 'list/app', tags: ['v2'] }]);
  assert.deepEqual(await pages('/v2/list/app/tags/list?n=0'), [{ name: 'list/app', tags: [] }]);
});

test('the catalog names repositories with manifests, page by page', async () => {
  assert.deepEqual(await pages('/v2/_catalog?n=3'), [
    { repositories: ['list/a', 'list/app', 'list/b'] },
    { repositories: ['list/c'] },
  ]);
});

test('a page of no number is refused', async () => {
  for (const n of ['x', '-1', '1e3', '9'.repeat(30)]) {
    assert.equal((await server.ask('GET', `/v2/_catalog?n=${n}`)).status, 400, n);
  }
});

test('tags of an unknown repository are an error', async () => {
  const response = await server.ask('GET', '/v2/not/there/tags/list');
  assert.equal(response.status, 404);
  assert.equal(JSON.parse(await response.text()).errors[0].code, 'NAME_UNKNOWN');
});
