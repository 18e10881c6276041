import assert from 'node:assert/strict';
import { createConnection } from 'node:net';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '../testing/server.ts';
import { parseRoute } from './routes.ts';

let server: TestServer;

before(async () => {
  server = await startTestServer();
});
after(async () => server[Symbol.asyncDispose]());

/** Sends bytes as they are, which a client library would mend, and resolves with the answer's first line. */
function sendRaw(head: string): Promise<string> {
  const [host = '', port = ''] = server.address.split(':');
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port: Number(port) }, () => socket.write(head));
    socket.once('data', (bytes) => {
      resolve(String(bytes).split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

test('parseRoute() finds the end of a repository’s name, whatever it is called', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  assert.deepEqual(parseRoute('/v2/blobs/uploads/tags/list'), { kind: 'tags', repository: 'blobs/uploads' });
  assert.deepEqual(parseRoute(`/v2/manifests/blobs/${digest}`), {
    kind: 'blob',
    repository: 'manifests',
    digest,
  });
  assert.deepEqual(parseRoute(`/v2/a/blobs/${encodeURIComponent(digest)}`), {
    kind: 'blob',
    repository: 'a',
    digest,
  });
  assert.equal(parseRoute('/v2/a'), undefined);
  assert.equal(parseRoute('/other'), undefined);
});

test('paths that leave their place are refused', async () => {
  const names = [
    '..',
    '../..',
    'a/../b',
    'a//b',
    '.a',
    'a/.',
    'A',
    'a%2f..%2fb',
    '%00',
    'a%ff',
    'a%20b',
    '-a',
    'a_',
    '%zz',
  ];
  for (const name of [...names, 'a'.repeat(256)]) {
    const line = await sendRaw(`GET /v2/${name}/tags/list HTTP/1.1\r\nHost: x\r\n\r\n`);
    assert.match(line, / 400 /, name);
  }
});

test('huge heads are refused', async () => {
  assert.match(await sendRaw(`GET /v2/${'a/'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`), / 414 /);
  assert.match(await sendRaw(`GET /v2/ HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(300_000)}\r\n\r\n`), / 431 /);
});

test('unknown routes and methods are told apart', async () => {
  assert.equal((await server.ask('GET', '/v2/a/b')).status, 404);
  const method = await server.ask('POST', '/v2/_catalog');
  assert.equal(method.status, 405);
  assert.equal(method.headers.get('allow'), 'GET');
  assert.equal((await server.ask('GET', '/')).status, 404);
});

test('the base route answers, and health is told', async () => {
  const base = await server.ask('GET', '/v2/');
  assert.equal(base.status, 200);
  assert.equal(await base.text(), '{}');
  assert.equal((await server.ask('GET', '/healthz')).status, 200);
});
