import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError, type ErrorKind } from '#base';
import { createRegistryClient } from './client.ts';
import { type FakeRegistry, refuse, startFakeRegistry } from './testing/fake-registry.ts';
import type { RegistryAuth } from './types.ts';

const signal = new AbortController().signal;
const ada = { username: 'ada', password: 'secret' };
const wrong = { username: 'ada', password: 'wrong' };
const basic = `Basic ${btoa('ada:secret')}`;

function client() {
  return createRegistryClient({
    mirrors: [],
    insecureRegistries: [],
    userAgent: 'test',
    retryDelayMs: 1,
    silenceMs: 100,
  });
}

function logIn(server: string, auth: RegistryAuth) {
  return client().logIn(server, auth, signal);
}

function failure(kind: ErrorKind, text: string): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof EngineError, String(error));
    assert.deepEqual([error.kind, error.message], [kind, text]);
    return true;
  };
}

/** Lets in who shows `expected`; the others get a challenge. */
function guard(registry: FakeRegistry, challenge: string, expected: string): void {
  registry.misbehave((request, response) => {
    const { url = '', headers } = request;
    if (url.startsWith('/token')) {
      const isKnown = headers.authorization === basic || request.method === 'POST';
      if (isKnown) response.end('{"token":"ticket","refresh_token":"identity"}');
      else response.writeHead(401).end('{"details":"incorrect username or password"}');
    } else if (headers.authorization === expected) {
      response.end('{}');
    } else {
      response.setHeader('WWW-Authenticate', challenge);
      refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    }
    return true;
  });
}

test('logIn() tries basic credentials, and tells wrong ones as Docker does', async () => {
  await using registry = await startFakeRegistry();
  guard(registry, 'Basic realm="here"', basic);
  assert.deepEqual(await logIn(registry.address, ada), { identityToken: '' });
  assert.deepEqual(await logIn(`http://${registry.address}/v1/`, ada), { identityToken: '' });
  const text = `login attempt to http://${registry.address}/v2/ failed with status: 401 Unauthorized`;
  await assert.rejects(logIn(registry.address, wrong), failure('unauthorized', text));
});

test('logIn() trades a password for an identity token, and takes that one back', async () => {
  await using registry = await startFakeRegistry();
  guard(registry, `Bearer realm="http://${registry.address}/token",service="shop"`, 'Bearer ticket');
  assert.deepEqual(await logIn(registry.address, ada), { identityToken: 'identity' });
  const asked = registry.seen.find(({ path }) => path.startsWith('/token'))?.path ?? '';
  assert.deepEqual(Object.fromEntries(new URL(asked, 'http://x').searchParams), {
    service: 'shop',
    account: 'ada',
    client_id: 'wharf',
    offline_token: 'true',
  });
  assert.deepEqual(await logIn(registry.address, { identityToken: 'identity' }), {
    identityToken: 'identity',
  });
  const text = `Get "http://${registry.address}/v2/": unauthorized: incorrect username or password`;
  await assert.rejects(logIn(registry.address, wrong), failure('unauthorized', text));
});

test("logIn() tells a token server's refusal by its code, once", async () => {
  await using registry = await startFakeRegistry();
  const told = (text: string) => failure('unauthorized', `Get "http://${registry.address}/v2/": ${text}`);
  for (const [status, code, message, text] of [
    [401, 'UNAUTHORIZED', 'who is ada?', 'unauthorized: who is ada?'],
    [429, 'TOOMANYREQUESTS', 'try again later', 'toomanyrequests: try again later'],
  ] as const) {
    registry.misbehave((request, response) => {
      if (request.url?.startsWith('/token')) {
        refuse(response, status, code, message);
      } else {
        const challenge = `Bearer realm="http://${registry.address}/token"`;
        response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
      }
      return true;
    });
    await assert.rejects(logIn(registry.address, wrong), told(text));
  }
});

test('logIn() does not go round in circles with a registry that takes no token', async () => {
  await using registry = await startFakeRegistry();
  guard(registry, `Bearer realm="http://${registry.address}/token"`, 'never');
  const text = `login attempt to http://${registry.address}/v2/ failed with status: 401 Unauthorized`;
  await assert.rejects(logIn(registry.address, ada), failure('unauthorized', text));
  assert.equal(registry.seen.length, 3);
});

test('logIn() gives up on a token server that hangs', async () => {
  await using registry = await startFakeRegistry();
  registry.misbehave((request, response) => {
    if (request.url?.startsWith('/token')) return true;
    response.setHeader('WWW-Authenticate', `Bearer realm="http://${registry.address}/token"`);
    refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
    return true;
  });
  await assert.rejects(logIn(registry.address, ada), /timeout awaiting response headers/);
});

test('logIn() tells a registry that is not there, and a name that is none', async () => {
  const registry = await startFakeRegistry();
  await registry[Symbol.asyncDispose]();
  await assert.rejects(logIn(registry.address, ada), /^EngineError: Get "http:.*connection refused$/);
  await assert.rejects(logIn('two words', ada), failure('invalid', 'invalid registry endpoint: two words'));
});

test('search() speaks the index’s protocol', async () => {
  await using registry = await startFakeRegistry();
  registry.misbehave((_, response) => {
    const result = { name: 'a/boat', description: 'floats', is_official: true, star_count: 7 };
    response.end(JSON.stringify({ results: [result, { name: 'b' }, 'strange'] }));
    return true;
  });
  const found = await client().search({ term: `${registry.address}/a boat`, limit: 5 }, signal);
  assert.deepEqual(found, [
    { name: 'a/boat', description: 'floats', isOfficial: true, stars: 7 },
    { name: 'b', description: '', isOfficial: false, stars: 0 },
  ]);
  assert.equal(registry.seen[0]?.path, '/v1/search?q=a+boat&n=5');
});

test('search() looks through the catalogue of a registry that has no index', async () => {
  await using registry = await startFakeRegistry();
  registry.misbehave((request, response) => {
    if (request.url?.startsWith('/v2/_catalog')) response.end('{"repositories":["x/boat","ship","boats"]}');
    else response.writeHead(404).end('404 page not found');
    return true;
  });
  const found = await client().search({ term: `${registry.address}/boat`, limit: 1 }, signal);
  assert.deepEqual(
    found.map(({ name }) => name),
    ['x/boat'],
  );
});

test('search() buys a token for a catalogue that is not for everybody', async () => {
  await using registry = await startFakeRegistry();
  registry.misbehave(({ url, headers }, response) => {
    if (url?.startsWith('/token?')) {
      const isMeant = new URL(url, 'http://x').searchParams.get('scope') === 'registry:catalog:*';
      if (headers.authorization === undefined) response.end('{"token":"nobody\'s"}');
      else if (isMeant && headers.authorization === basic) response.end('{"token":"ticket"}');
      else refuse(response, 401, 'UNAUTHORIZED', 'who is this?');
    } else if (!url?.startsWith('/v2/_catalog')) {
      response.writeHead(404).end();
    } else if (headers.authorization === 'Bearer ticket') {
      response.end('{"repositories":["x/boat"]}');
    } else {
      const challenge = `Bearer realm="http://${registry.address}/token",scope="registry:catalog:*"`;
      response.writeHead(401, { 'WWW-Authenticate': challenge }).end();
    }
    return true;
  });
  const search = (auth?: RegistryAuth) =>
    client().search({ term: `${registry.address}/boat`, limit: 5, ...(auth && { auth }) }, signal);
  assert.deepEqual(
    (await search(ada)).map(({ name }) => name),
    ['x/boat'],
  );
  const text = `Get "http://${registry.address}/v2/": unauthorized: who is this?`;
  await assert.rejects(search(wrong), failure('unauthorized', text));
  await assert.rejects(search(), failure('unauthorized', 'unauthorized: authentication required'));
});
