import assert from 'node:assert/strict';
import { createServer as createPlain } from 'node:http';
import { createServer as createTcp } from 'node:net';
import { test } from 'node:test';
import { fails, get, impatientTransport, listen, text } from '../testing/transport-rig.ts';

test('a proxy is given whole URLs of plain HTTP', async () => {
  const asked: string[] = [];
  await using proxy = await listen(
    createPlain((request, response) => {
      asked.push(`${request.url} ${request.headers.host}`);
      response.end('by proxy');
    }),
  );
  const by = impatientTransport(`http://127.0.0.1:${proxy.port}`);
  assert.equal(await text(await get('http://far.example/v2/', {}, by)), 'by proxy');
  by.close();
  assert.deepEqual(asked, ['http://far.example/v2/ far.example']);
});

test('a proxy that does not join is given up, and let go when its caller leaves', async () => {
  const tunnels: Promise<unknown>[] = [];
  const leaving = new AbortController();
  await using proxy = await listen(
    createTcp((socket) => {
      socket.on('error', () => {});
      tunnels.push(new Promise((resolve) => socket.once('close', resolve)));
      socket.once('data', () => leaving.abort(new Error('left')));
    }),
  );
  const by = impatientTransport(`http://127.0.0.1:${proxy.port}`);
  await assert.rejects(get('https://far.example/', { signal: leaving.signal }, by), /left/);
  await Promise.all(tunnels);
});

test('one connection serves requests one after the other; a closed one is replaced', async () => {
  const sockets = new Set<unknown>();
  await using server = await listen(
    createPlain((request, response) => {
      sockets.add(request.socket);
      response.end(request.url === '/last' ? 'bye' : 'go on');
      if (request.url === '/last') request.socket.end();
    }),
  );
  const by = impatientTransport();
  for (const path of ['a', 'b', 'last', 'c'])
    await text(await get(`http://127.0.0.1:${server.port}/${path}`, {}, by));
  by.close();
  assert.equal(sockets.size, 2);
});

test('silence is taken for a cut, before the head and in the body', async () => {
  await using server = await listen(
    createPlain((request, response) => {
      if (request.url === '/body') response.writeHead(200, { 'Content-Length': 10 }).write('half');
    }),
  );
  const url = `http://127.0.0.1:${server.port}`;
  await assert.rejects(get(`${url}/head`), fails(/^Get ".*": net\/http: timeout awaiting response headers$/));
  await assert.rejects(text(await get(`${url}/body`)), fails(/^unexpected EOF$/));
});

test('an answer that is no HTTP is told, and one without a length ends with its connection', async () => {
  const replies = ['garbage\r\n\r\n', 'HTTP/1.1 200 OK\r\n\r\nto the end'];
  await using server = await listen(
    createTcp((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(replies.shift() ?? ''));
    }),
  );
  const url = `http://127.0.0.1:${server.port}/`;
  await assert.rejects(get(url), fails(/malformed HTTP response/));
  assert.equal(await text(await get(url)), 'to the end');
});

test('send() is given up with its signal, also in the middle of a body', async () => {
  const gone = Promise.withResolvers<void>();
  await using server = await listen(
    createPlain((request, response) => {
      response.on('close', () => gone.resolve());
      response.writeHead(200, { 'Content-Length': 10 }).write('half');
      request.resume();
    }),
  );
  const leaving = new AbortController();
  const response = await get(`http://127.0.0.1:${server.port}/`, { signal: leaving.signal });
  const reading = text(response);
  leaving.abort(new Error('left'));
  await assert.rejects(reading, /left/);
  await gone.promise;
});

test('an answer that comes before the body is sent counts, and a source’s own failure is passed on', async () => {
  await using server = await listen(
    createPlain((request, response) => {
      if (request.url === '/early') response.writeHead(413).end('too much');
      else request.resume();
    }),
  );
  const url = `http://127.0.0.1:${server.port}`;
  async function* endless() {
    for (;;) yield Buffer.alloc(65536);
  }
  const early = await get(`${url}/early`, { method: 'PUT', body: () => endless() });
  assert.equal(early.status, 413);
  early.discard();
  async function* failing() {
    yield Buffer.from('some');
    throw new Error('source broke');
  }
  await assert.rejects(get(`${url}/`, { method: 'PUT', body: failing }), /^Error: source broke$/);
});

test('a redirect to another protocol, and a token that would smuggle a header, are refused', async () => {
  await using server = await listen(
    createPlain((_, response) => void response.writeHead(302, { Location: 'file:///etc/passwd' }).end()),
  );
  const url = `http://127.0.0.1:${server.port}/`;
  await assert.rejects(get(url), /unsupported protocol scheme "file"/);
  const headers = { Authorization: 'Bearer x\r\nX-Smuggled: 1' };
  await assert.rejects(get(url, { headers }), /invalid value of header Authorization/);
});
