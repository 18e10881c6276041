import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { parseReference } from '#oci';
import { createRegistryClient } from './client.ts';
import { type FakeRegistry, refuse, startFakeRegistry } from './testing/fake-registry.ts';
import type { OpenOptions } from './types.ts';

const signal = new AbortController().signal;

function open(registry: FakeRegistry, options: OpenOptions) {
  const client = createRegistryClient({
    mirrors: [],
    insecureRegistries: [],
    userAgent: 'test',
    retryDelayMs: 1,
  });
  return client.open(parseReference(`${registry.address}/some/image:1`), undefined, options, signal);
}

interface Received {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

/** Answers every request with 202 once `isWelcome` says so, else with a challenge; keeps what came. */
function receive(registry: FakeRegistry, isWelcome: (authorization: string | undefined) => boolean) {
  const received: Received[] = [];
  registry.misbehave((request, response) => {
    const { method = '', url = '' } = request;
    const { authorization } = request.headers;
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk;
    });
    request.on('end', () => {
      received.push({ method, url, authorization, body });
      if (url.startsWith('/token')) response.end('{"token":"ticket"}');
      else if (isWelcome(authorization)) response.writeHead(202, { 'Content-Length': 0 }).end();
      else challenge(registry, response);
    });
    return true;
  });
  return received;
}

function challenge(registry: FakeRegistry, response: ServerResponse): void {
  response.setHeader('WWW-Authenticate', `Bearer realm="http://${registry.address}/token"`);
  refuse(response, 401, 'UNAUTHORIZED', 'authentication required');
}

test('open() buys one token for all that a push needs', async () => {
  await using registry = await startFakeRegistry();
  const received = receive(registry, (authorization) => authorization === 'Bearer ticket');
  const session = await open(registry, { access: 'pull,push', mountFrom: ['lib/base'] });
  const response = await session.request('POST', 'blobs/uploads/', { signal });
  assert.equal(response.status, 202);
  response.discard();
  const scopes = 'scope=repository%3Asome%2Fimage%3Apull%2Cpush&scope=repository%3Alib%2Fbase%3Apull';
  assert.deepEqual(
    received.map(({ method, url }) => `${method} ${url}`),
    ['GET /v2/', `GET /token?${scopes}`, 'GET /v2/', 'POST /v2/some/image/blobs/uploads/'],
  );
});

test('request() sends a stream anew after a challenge, and to a URL that the registry gave', async () => {
  await using registry = await startFakeRegistry();
  receive(registry, () => true);
  const session = await open(registry, { access: 'pull,push' });
  const received = receive(registry, (authorization) => authorization === 'Bearer ticket');
  let opened = 0;
  const body = async function* () {
    opened++;
    yield Buffer.from('first ');
    yield Buffer.from('second');
  };
  const target = new URL(`http://${registry.address}/elsewhere?state=1`);
  const response = await session.request('PUT', target, {
    headers: { 'Content-Length': '12' },
    body,
    signal,
  });
  assert.equal(response.status, 202);
  assert.equal(opened, 2);
  assert.deepEqual(received.at(-1), {
    method: 'PUT',
    url: '/elsewhere?state=1',
    authorization: 'Bearer ticket',
    body: 'first second',
  });
});

test('request() gives every status to its caller', async () => {
  await using registry = await startFakeRegistry();
  const session = await open(registry, { access: 'pull' });
  const response = await session.request('HEAD', 'blobs/sha256:none', { signal });
  assert.equal(response.status, 404);
  response.discard();
});
