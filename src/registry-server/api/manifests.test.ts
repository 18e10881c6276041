import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { digestOf } from '#base';
import {
  encodeManifest,
  indexType,
  manifestType,
  startTestServer,
  type TestServer,
} from '../testing/server.ts';

let server: TestServer;

before(async () => {
  server = await startTestServer();
});
after(async () => server[Symbol.asyncDispose]());

async function errorOf(response: Response): Promise<string> {
  const { errors } = JSON.parse(await response.text());
  return errors[0].code;
}

function put(repository: string, name: string, body: string, type = manifestType): Promise<Response> {
  return server.ask('PUT', `/v2/${repository}/manifests/${name}`, {
    body,
    headers: { 'Content-Type': type },
  });
}

test('a manifest is found by its tag and by its digest, byte for byte', async () => {
  const image = await server.pushImage('m/app', 'v1', 'layer');
  for (const name of ['v1', image.digest]) {
    for (const method of ['GET', 'HEAD']) {
      const response = await server.ask(method, `/v2/m/app/manifests/${name}`);
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), manifestType);
      assert.equal(response.headers.get('docker-content-digest'), image.digest);
      assert.equal(response.headers.get('content-length'), String(image.content.length));
      assert.equal(await response.text(), method === 'GET' ? image.content : '');
    }
  }
});

test('a manifest is served after the server was started anew', async () => {
  await using first = await startTestServer();
  const image = await first.pushImage('m/app', 'v1', 'layer');
  await first.running[Symbol.asyncDispose]();
  await using second = await startTestServer({}, { folder: first.folder });
  assert.equal(await (await second.ask('GET', '/v2/m/app/manifests/v1')).text(), image.content);
});

test('a tag moves to what was pushed last', async () => {
  const older = await server.pushImage('m/moves', 'latest', 'older');
  const newer = await server.pushImage('m/moves', 'latest', 'newer');
  const response = await server.ask('HEAD', '/v2/m/moves/manifests/latest');
  assert.equal(response.headers.get('docker-content-digest'), newer.digest);
  assert.equal((await server.ask('HEAD', `/v2/m/moves/manifests/${older.digest}`)).status, 200);
});

test('a manifest whose blobs are not here is refused', async () => {
  const config = await server.pushBlob('m/lacks', '{}');
  const absent = { digest: digestOf('absent'), size: 6 };
  const response = await put('m/lacks', 'x', encodeManifest({ digest: config, size: 2 }, [absent]));
  assert.equal(response.status, 400);
  assert.equal(await errorOf(response), 'MANIFEST_BLOB_UNKNOWN');
  const wrongSize = await put('m/lacks', 'x', encodeManifest({ digest: config, size: 3 }, []));
  assert.equal(await errorOf(wrongSize), 'SIZE_INVALID');
  const foreign = { ...absent, urls: ['https://elsewhere.example/layer'] };
  assert.equal(
    (await put('m/lacks', 'x', encodeManifest({ digest: config, size: 2 }, [foreign]))).status,
    201,
  );
});

test('an index needs its manifests', async () => {
  const image = await server.pushImage('m/index', 'v1', 'layer');
  const entry = { mediaType: manifestType, digest: image.digest, size: image.content.length };
  const index = (manifests: readonly object[]) =>
    JSON.stringify({ schemaVersion: 2, mediaType: indexType, manifests });
  assert.equal((await put('m/index', 'all', index([entry]), indexType)).status, 201);
  const absent = { ...entry, digest: digestOf('absent') };
  assert.equal(
    await errorOf(await put('m/index', 'all', index([absent]), indexType)),
    'MANIFEST_BLOB_UNKNOWN',
  );
});

test('a wrong digest in the path is refused', async () => {
  const config = await server.pushBlob('m/digest', '{}');
  const body = encodeManifest({ digest: config, size: 2 }, []);
  assert.equal((await put('m/digest', digestOf(body), body)).status, 201);
  assert.equal(await errorOf(await put('m/digest', digestOf('x'), body)), 'DIGEST_INVALID');
});

test('what is no manifest is refused', async () => {
  const config = { mediaType: 'a/b', digest: digestOf('{}'), size: 2 };
  const schema1 = 'application/vnd.docker.distribution.manifest.v1+prettyjws';
  const cases: readonly (readonly [string, string])[] = [
    ['not json', manifestType],
    ['[]', manifestType],
    ['{}', manifestType],
    [JSON.stringify({ schemaVersion: 1, fsLayers: [] }), schema1],
    [JSON.stringify({ schemaVersion: 1, config, layers: [] }), manifestType],
    [JSON.stringify({ schemaVersion: 2, config, layers: [] }), 'text/plain'],
    [JSON.stringify({ schemaVersion: 2, config, layers: 'x' }), manifestType],
    [
      JSON.stringify({ schemaVersion: 2, config: { ...config, digest: '../../x' }, layers: [] }),
      manifestType,
    ],
    [JSON.stringify({ schemaVersion: 2, config: { ...config, size: -1 }, layers: [] }), manifestType],
    [JSON.stringify({ schemaVersion: 2, mediaType: indexType, config, layers: [] }), manifestType],
  ];
  for (const [body, type] of cases) {
    const response = await put('m/bad', 'x', body, type);
    assert.equal(response.status, 400, body);
    assert.equal(await errorOf(response), 'MANIFEST_INVALID');
  }
});

test('a manifest of more than 4 MiB is refused', async () => {
  const response = await put('m/bad', 'x', ' '.repeat((4 << 20) + 1));
  assert.equal(response.status, 413);
  assert.equal(await errorOf(response), 'MANIFEST_INVALID');
});

test('a client gets no manifest of a type that it does not read', async () => {
  await server.pushImage('m/types', 'v1', 'layer');
  const ask = (accept: string) =>
    server.ask('GET', '/v2/m/types/manifests/v1', { headers: { Accept: accept } });
  const docker = 'application/vnd.docker.distribution.manifest.v2+json';
  assert.equal((await ask(docker)).status, 404);
  for (const accept of [`${docker}, ${manifestType}`, `${manifestType};q=0.5`, '*/*', 'text/html']) {
    assert.equal((await ask(accept)).status, 200, accept);
  }
});

test('DELETE of a tag leaves the manifest, DELETE of a manifest takes its tags', async () => {
  const image = await server.pushImage('m/deletes', 'one', 'layer');
  await put('m/deletes', 'two', image.content);
  assert.equal((await server.ask('DELETE', '/v2/m/deletes/manifests/one')).status, 202);
  assert.equal((await server.ask('GET', '/v2/m/deletes/manifests/one')).status, 404);
  assert.equal((await server.ask('GET', '/v2/m/deletes/manifests/two')).status, 200);
  assert.equal((await server.ask('DELETE', `/v2/m/deletes/manifests/${image.digest}`)).status, 202);
  assert.equal(await errorOf(await server.ask('GET', '/v2/m/deletes/manifests/two')), 'MANIFEST_UNKNOWN');
  assert.equal((await server.ask('DELETE', `/v2/m/deletes/manifests/${image.digest}`)).status, 404);
});

test('referrers are told by subject, and by type when asked', async () => {
  const image = await server.pushImage('m/signed', 'v1', 'layer');
  const subject = { mediaType: manifestType, digest: image.digest, size: image.content.length };
  const config = await server.pushBlob('m/signed', '{}');
  const artifact = (artifactType: string) =>
    encodeManifest({ digest: config, size: 2 }, [], { subject, artifactType, annotations: { by: 'test' } });
  for (const type of ['sig/a', 'sbom/b']) {
    const response = await put('m/signed', digestOf(artifact(type)), artifact(type));
    assert.equal(response.headers.get('oci-subject'), image.digest);
  }
  const ask = async (query: string) => {
    const response = await server.ask('GET', `/v2/m/signed/referrers/${image.digest}${query}`);
    assert.equal(response.headers.get('content-type'), indexType);
    return { filters: response.headers.get('oci-filters-applied'), index: JSON.parse(await response.text()) };
  };
  const all = await ask('');
  assert.equal(all.index.manifests.length, 2);
  assert.deepEqual(all.index.manifests[0].annotations, { by: 'test' });
  const signatures = await ask('?artifactType=sig/a');
  assert.equal(signatures.filters, 'artifactType');
  assert.deepEqual(
    signatures.index.manifests.map((entry: { digest: string; artifactType: string }) => [
      entry.digest,
      entry.artifactType,
    ]),
    [[digestOf(artifact('sig/a')), 'sig/a']],
  );
  const first = await server.ask('GET', `/v2/m/signed/referrers/${image.digest}?n=1`);
  const next = /^<([^>]+)>; rel="next"$/.exec(first.headers.get('link') ?? '')?.[1] ?? '';
  const pages = [first, await server.ask('GET', next)].map(
    async (page) => JSON.parse(await page.text()).manifests,
  );
  assert.deepEqual((await Promise.all(pages)).flat(), all.index.manifests);
  await server.ask('DELETE', `/v2/m/signed/manifests/${digestOf(artifact('sig/a'))}`);
  assert.equal((await ask('')).index.manifests.length, 1);
});

test('referrers of what is not there are none', async () => {
  const response = await server.ask('GET', `/v2/never/seen/referrers/${digestOf('x')}`);
  assert.deepEqual(JSON.parse(await response.text()).manifests, []);
  assert.equal((await server.ask('GET', '/v2/never/seen/referrers/nonsense')).status, 400);
});
