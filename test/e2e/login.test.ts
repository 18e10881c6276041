import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { type FakeRegistry, refuse, startFakeRegistry } from '../../src/registry/testing/fake-registry.ts';
import { busyboxImage } from '../fixtures/busybox.ts';
import { registryBlobs } from '../fixtures/image.ts';
import { startRegistry, type TestRegistry } from '../fixtures/registry.ts';
import { exchange } from '../testing/exchange.ts';
import { useWharf } from '../testing/use-wharf.ts';

const basic = `Basic ${btoa('ada:secret')}`;

/** Makes a fake registry ask for tokens and sell them: for a password, or for the identity token that it gave. */
function sellTokens(registry: FakeRegistry): void {
  registry.misbehave((request, response) => {
    const { url = '', headers } = request;
    if (url.startsWith('/token')) {
      let form = '';
      request.on('data', (chunk: Buffer) => {
        form += chunk;
      });
      request.on('end', () => {
        const isKnown = headers.authorization === basic || form.includes('refresh_token=identity');
        if (isKnown) response.end('{"token":"ticket","refresh_token":"identity"}');
        else response.writeHead(401).end('{"details":"incorrect username or password"}');
      });
      return true;
    }
    if (headers.authorization !== 'Bearer ticket') {
      response.setHeader(
        'WWW-Authenticate',
        `Bearer realm="http://${registry.address}/token",service="shop"`,
      );
      refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
      return true;
    }
    if (url === '/v2/') response.end('{}');
    return url === '/v2/';
  });
}

describe('registries that ask who you are', () => {
  const suite = useWharf();
  const { docker, ok } = suite;
  let guarded: TestRegistry;
  let shop: FakeRegistry;
  before(async () => {
    guarded = await startRegistry({ user: 'ada' });
    shop = await startFakeRegistry();
    const { blobs, manifest } = registryBlobs(busyboxImage('base:1'));
    for (const { bytes } of blobs) shop.addBlob(bytes);
    shop.addManifest('1', manifest.bytes.toString(), manifest.mediaType);
    sellTokens(shop);
  });
  after(async () => {
    await guarded[Symbol.asyncDispose]();
    await shop[Symbol.asyncDispose]();
  });

  const login = (address: string, password: string) =>
    docker(['login', '-u', 'ada', '--password-stdin', address], { input: password });
  const stored = (address: string) =>
    JSON.parse(readFileSync(`${suite.wharf.folder}/client/config.json`, 'utf8')).auths[address];

  test('D06 login and logout with basic authentication', async () => {
    const { address } = guarded;
    const wrong = await login(address, 'wrong');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /login attempt to http:\/\/.*\/v2\/ failed with status: 401 Unauthorized/);
    assert.match((await login(address, 'secret')).stdout, /^Login Succeeded$/m);
    const unknown = await docker(['pull', `${address}/base:1`]);
    assert.match(unknown.stderr, /manifest for .*base:1 not found/);
    await ok(['logout', address]);
    const refused = await docker(['pull', `${address}/base:1`]);
    assert.match(refused.stderr, /pull access denied for .*no basic auth credentials/);
  });

  test('D06 login keeps an identity token instead of the password, and pulls with it', async () => {
    const { address } = shop;
    const wrong = await login(address, 'wrong');
    assert.match(wrong.stderr, /unauthorized: incorrect username or password/);
    assert.match((await login(address, 'secret')).stdout, /^Login Succeeded$/m);
    assert.deepEqual(stored(address), { auth: btoa('ada:'), identitytoken: 'identity' });
    await ok(['pull', '-q', `${address}/base:1`]);
    await ok(['rmi', `${address}/base:1`]);
    await ok(['logout', address]);
    assert.equal(stored(address), undefined);
    const refused = await docker(['pull', `${address}/base:1`]);
    assert.match(refused.stderr, /pull access denied for .*incorrect username or password/);
  });

  test('both clients take credentials of the environment', async () => {
    const { address } = guarded;
    const run = { env: { DOCKER_AUTH_CONFIG: `{"auths":{"${address}":{"auth":"${btoa('ada:secret')}"}}}` } };
    for (const client of [docker, suite.wharf.wharf]) {
      const known = await client(['pull', `${address}/base:1`], run);
      assert.match(known.stderr, /manifest for .*base:1 not found/);
      const broken = await client(['pull', `${address}/base:1`], {
        env: { DOCKER_AUTH_CONFIG: '{"auths":{"x":{}}}' },
      });
      assert.match(
        broken.stderr,
        /^Failed to create credential store from DOCKER_AUTH_CONFIG: {2}DOCKER_AUTH_CONFIG environment variable is missing key `auth` for x\n/,
      );
      assert.match(broken.stderr, /no basic auth credentials/);
    }
  });

  test('the API answers a login as Docker does', async () => {
    const ask = async (credentials: object) => {
      const body = { ...credentials, serveraddress: shop.address };
      const { status, text } = await exchange(suite.wharf.socketPath, 'POST', '/v1.51/auth', body);
      return [status, JSON.parse(text)];
    };
    const succeeded = { IdentityToken: 'identity', Status: 'Login Succeeded' };
    assert.deepEqual(await ask({ username: 'ada', password: 'secret' }), [200, succeeded]);
    assert.deepEqual(await ask({ identitytoken: 'identity' }), [200, succeeded]);
    const [status] = await ask({ username: 'ada', password: 'wrong' });
    assert.equal(status, 401);
  });
});

describe('what registries are asked', () => {
  const suite = useWharf();
  const { docker, ok } = suite;
  let registry: TestRegistry;
  let index: FakeRegistry;
  before(async () => {
    registry = await startRegistry();
    index = await startFakeRegistry();
    await registry.push(busyboxImage('lib/boat:1'));
    await registry.push(busyboxImage('lib/boat:2'));
    index.misbehave((request, response) => {
      if (request.url?.startsWith('/v1/search') !== true) return false;
      const results = [
        { name: 'lib/tomcat', description: 'serves', is_official: true, star_count: 30 },
        { name: 'ada/tomcat', description: 'a copy', is_official: false, star_count: 3 },
      ];
      response.end(JSON.stringify({ results }));
      return true;
    });
  });
  after(async () => {
    await registry[Symbol.asyncDispose]();
    await index[Symbol.asyncDispose]();
  });

  test('C01 C02 search shows what an index finds, and filters it', async () => {
    const names = async (...args: string[]) =>
      await ok([
        'search',
        ...args,
        '--format',
        '{{.IsOfficial}}{{.StarCount}} {{.Name}}',
        `${index.address}/tomcat`,
      ]);
    assert.equal(await names(), '[OK]30 lib/tomcat\n3 ada/tomcat');
    assert.equal(await names('-f', 'stars=10'), '[OK]30 lib/tomcat');
    assert.equal(await names('-f', 'is-official=false'), '3 ada/tomcat');
    await names('--limit', '5');
    assert.equal(index.seen.at(-1)?.path, '/v1/search?q=tomcat&n=5');
    const outside = await docker(['search', '--limit', '101', `${index.address}/tomcat`]);
    assert.match(outside.stderr, /limit 101 is outside the range of \[1, 100\]/);
    const unknown = await docker(['search', '-f', 'foo=1', `${index.address}/tomcat`]);
    assert.match(unknown.stderr, /invalid filter 'foo'/);
  });

  test('search looks through the catalogue of a registry without an index', async () => {
    const found = await ok(['search', '--format', '{{.Name}}', `${registry.address}/boa`]);
    assert.equal(found, 'lib/boat');
  });

  const get = async (path: string) => {
    const { status, text } = await exchange(suite.wharf.socketPath, 'GET', `/v1.51${path}`);
    return { status, body: JSON.parse(text) };
  };

  test('the tags of a repository', async () => {
    const name = `${registry.address}/lib/boat`;
    assert.deepEqual(await get(`/images/${name}/tags`), {
      status: 200,
      body: { Name: name, Tags: ['1', '2'] },
    });
    const unknown = await get(`/images/${registry.address}/none/tags`);
    assert.equal(unknown.status, 404);
  });

  test('what a name means at its registry', async () => {
    const { manifest } = registryBlobs(busyboxImage('lib/boat:1'));
    assert.deepEqual(await get(`/distribution/${registry.address}/lib/boat:1/json`), {
      status: 200,
      body: {
        Descriptor: { mediaType: manifest.mediaType, digest: manifest.digest, size: manifest.bytes.length },
        Platforms: [{ os: 'linux', architecture: 'amd64' }],
      },
    });
    assert.equal((await get(`/distribution/${registry.address}/lib/boat/json`)).status, 404);
  });
});
