import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import {
  createHttpServer,
  defaultLimits,
  type HttpHandler,
  type HttpServer,
  ProtocolError,
} from './index.ts';

const directory = mkdtempSync(join(tmpdir(), 'wt-http-'));
const path = join(directory, 'http.sock');
const big = Buffer.alloc(4 << 20, 'x');
let server: HttpServer;
/** What handlers wait for or tell; set by the test that uses it. */
let gate = Promise.withResolvers<void>();
let written = 0;

const handlers: Readonly<Record<string, HttpHandler>> = {
  '/hello': async (_request, response) => response.send(200, { 'Content-Type': 'text/plain' }, 'hello'),
  '/empty': async (_request, response) => response.send(204, {}),
  '/echo': async (request, response) => response.send(200, {}, await request.readBody(1 << 20)),
  '/ignore': async (_request, response) => response.send(200, {}, 'ignored'),
  '/small': async (request, response) => {
    try {
      response.send(200, {}, await request.readBody(3));
    } catch (error) {
      response.send(error instanceof ProtocolError ? error.status : 500, {}, 'too much');
    }
  },
  '/late': async (_request, response) => {
    response.start(200, {});
    await gate.promise;
    await response.write('late');
    response.end();
  },
  '/flood': async (_request, response) => {
    response.start(200, {});
    for (written = 0; written < 32; written++) await response.write(big.subarray(0, 1 << 20));
    response.end();
  },
  '/forever': async (request, _response) => {
    request.signal.addEventListener('abort', () => gate.resolve());
    await gate.promise;
  },
  '/throw': async () => {
    throw new Error('handler failed');
  },
  '/hijack': async (request, response) => {
    const body = request.headers.has('content-length') ? await request.readBody(100) : Buffer.alloc(0);
    const upgrade = request.headers.has('upgrade');
    const stream = await response.hijack(
      upgrade ? 101 : 200,
      upgrade ? { Connection: 'Upgrade', Upgrade: 'tcp' } : {},
    );
    stream.write(`<${body.toString()}>`);
    setImmediate(() => gate.resolve());
    setImmediate(() => gate.resolve());
    stream.on('data', (chunk: Buffer) => stream.write(chunk));
    stream.on('end', () => stream.end('<after your end>'));
  },
};

before(async () => {
  server = createHttpServer(async (request, response) => {
    const handler = handlers[request.path];
    if (handler === undefined) response.send(404, {}, 'none');
    else await handler(request, response);
  });
  await server.listen({ kind: 'unix', path });
});
after(async () => {
  await server.close();
  rmSync(directory, { recursive: true });
});

function connect(): Socket {
  const socket = createConnection({ path, allowHalfOpen: true });
  socket.on('error', () => {});
  return socket;
}

/** Reads until the text has been seen, or the end. */
async function readUntil(socket: Socket, wanted: string | undefined): Promise<string> {
  let seen = '';
  const ended = once(socket, 'close').then(() => undefined);
  socket.resume();
  return new Promise((resolve) => {
    const onData = (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      if (wanted !== undefined && seen.includes(wanted)) finish();
    };
    const finish = () => {
      socket.off('data', onData).off('end', finish);
      resolve(seen);
    };
    socket.on('data', onData).on('end', finish);
    void ended.then(finish);
  });
}

/** Sends the text, ends, and gives everything that comes back without its Date lines. */
async function talk(text: string): Promise<string> {
  const socket = connect();
  socket.write(text, 'latin1');
  const answer = await readUntil(socket, undefined);
  socket.destroy();
  return answer.replaceAll(/Date: [^\r]*\r\n/g, '');
}

const get = (target: string, fields = '') => `GET ${target} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`;
const post = (target: string, fields = '', body = '') =>
  `POST ${target} HTTP/1.1\r\nHost: x\r\n${fields}\r\n${body}`;
const close = 'Connection: close\r\n';

test('listen() opens a unix socket to owner and group only', () => {
  assert.equal(statSync(path).mode & 0o777, 0o660);
});

test('listen() refuses a socket that somebody serves', async () => {
  await assert.rejects(createHttpServer(async () => {}).listen({ kind: 'unix', path }), /already does/);
});

test('listen() tells the real port of a TCP address', async () => {
  const extra = createHttpServer(async (_request, response) => response.send(200, {}, 'over tcp'));
  const address = await extra.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  assert.ok(address.kind === 'tcp' && address.port > 0);
  const answer = await fetch(`http://127.0.0.1:${address.port}/`);
  assert.equal(await answer.text(), 'over tcp');
  await extra.close();
});

test('listen() takes over the socket file of a server that was killed', async () => {
  const stale = join(directory, 'stale.sock');
  const script = `require('net').createServer().listen(${JSON.stringify(stale)}, () => process.kill(process.pid, 'SIGKILL'))`;
  spawnSync(process.execPath, ['-e', script]);
  assert.ok(statSync(stale).isSocket());
  const extra = createHttpServer(async () => {});
  await extra.listen({ kind: 'unix', path: stale });
  await extra.close();
  assert.equal(existsSync(stale), false);
});

test('a client that begins a body and does not send it is cut off, be the body read or not', async () => {
  const limits = { ...defaultLimits, wholeBodyTimeoutMs: 20 };
  const extra = createHttpServer(async (request, response) => {
    if (request.path === '/read') await request.readBody(10);
    response.send(200, {}, 'done');
  }, limits);
  const stalled = join(directory, 'stalled.sock');
  await extra.listen({ kind: 'unix', path: stalled });
  for (const target of ['/read', '/leave']) {
    const socket = createConnection({ path: stalled, allowHalfOpen: true });
    socket.resume().on('error', () => {});
    socket.write(`POST ${target} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhalf`);
    await once(socket, 'end');
    socket.destroy();
  }
  await extra.close();
});

test('send() answers with length, type and connection', async () => {
  assert.equal(
    await talk(get('/hello', close)),
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello',
  );
});

test('send() leaves the body of HEAD and 204 out', async () => {
  const head = `HEAD /hello HTTP/1.1\r\nHost: x\r\n\r\n`;
  assert.equal(
    await talk(head + get('/empty', close)),
    'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n' +
      'HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n',
  );
});

test('pipelined requests are answered in order, bodies read or not', async () => {
  const answer = await talk(
    post('/echo', 'Content-Length: 3\r\n', 'abc') +
      post('/ignore', 'Content-Length: 3\r\n', 'def') +
      post('/ignore', 'Transfer-Encoding: chunked\r\n', '3\r\nghi\r\n0\r\n\r\n') +
      post('/echo', `Transfer-Encoding: chunked\r\n${close}`, '1\r\nj\r\n2\r\nkl\r\n0\r\n\r\n'),
  );
  assert.deepEqual(
    answer.split('HTTP/1.1 200 OK').map((part) => part.split('\r\n\r\n').at(-1)),
    ['', 'abc', 'ignored', 'ignored', 'jkl'],
  );
});

test('an HTTP/1.0 request is answered without chunks and the connection closed', async () => {
  gate = Promise.withResolvers();
  gate.resolve();
  assert.equal(await talk('GET /late HTTP/1.0\r\n\r\n'), 'HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nlate');
});

test('a malformed request is refused and the connection closed', async () => {
  assert.match(
    await talk(`${get('/hello')}nonsense\r\n\r\n`),
    /hello.*HTTP\/1\.1 400 Bad Request\r\n.*malformed/s,
  );
});

test('readBody() refuses a body over its limit', async () => {
  assert.match(await talk(post('/small', `Content-Length: 4\r\n${close}`, 'abcd')), /^HTTP\/1\.1 413 /);
});

test('a body that is cut off or malformed ends the connection after the answer', async () => {
  assert.match(
    await talk(post('/small', 'Transfer-Encoding: chunked\r\n', 'x\r\n')),
    /^HTTP\/1\.1 400 .*too much$/s,
  );
});

test('100-continue is sent when the body is wanted, and not before', async () => {
  const socket = connect();
  const expect = 'Expect: 100-continue\r\nContent-Length: 2\r\n';
  socket.write(post('/echo', expect));
  assert.equal(await readUntil(socket, '\r\n\r\n'), 'HTTP/1.1 100 Continue\r\n\r\n');
  socket.write('ok');
  assert.match(await readUntil(socket, 'ok'), /^HTTP\/1\.1 200 OK/);
  socket.write(post('/ignore', expect));
  assert.match(await readUntil(socket, undefined), /^HTTP\/1\.1 200 OK.*ignored$/s);
  socket.destroy();
});

test('start() sends status and header before there is a body', async () => {
  gate = Promise.withResolvers();
  const socket = connect();
  socket.write(get('/late'));
  assert.match(await readUntil(socket, '\r\n\r\n'), /Transfer-Encoding: chunked\r\n\r\n$/);
  gate.resolve();
  assert.equal(await readUntil(socket, '0\r\n\r\n'), '4\r\nlate\r\n0\r\n\r\n');
  socket.destroy();
});

test('write() waits for a slow reader', async () => {
  const socket = connect();
  socket.pause();
  socket.write(get('/flood', close));
  await new Promise((resolve) => setTimeout(resolve, 100));
  const before = written;
  assert.ok(before < 16, `${before} MiB were taken from the handler`);
  let received = 0;
  socket.on('data', (chunk: Buffer) => {
    received += chunk.length;
  });
  socket.resume();
  await once(socket, 'end');
  assert.ok(received > 32 << 20);
  socket.destroy();
});

test('a request body waits for its handler', async () => {
  const socket = connect();
  gate = Promise.withResolvers();
  socket.write(post('/forever', `Content-Length: ${big.length}\r\n`));
  const flushed = new Promise<boolean>((resolve) => socket.write(big, () => resolve(true)));
  const first = await Promise.race([
    flushed,
    new Promise((resolve) => setTimeout(() => resolve('waits'), 100)),
  ]);
  assert.equal(first, 'waits');
  gate.resolve();
  socket.destroy();
});

test('the signal tells that the client has gone, by close and by end', async () => {
  for (const leave of ['destroy', 'end'] as const) {
    gate = Promise.withResolvers();
    const socket = connect();
    socket.write(get('/forever'));
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket[leave]();
    await gate.promise;
    socket.destroy();
  }
});

test('a handler that throws breaks its connection and no other', async () => {
  assert.equal(await talk(get('/throw')), '');
  assert.match(await talk(get('/hello', close)), /hello$/);
});

const upgrade = 'Connection: Upgrade\r\nUpgrade: tcp\r\n';
const hijackCases = [
  ['with Upgrade', post('/hijack', upgrade), 'in', /^HTTP\/1\.1 101 .*<>in<after/s],
  [
    'with Upgrade and a body',
    post('/hijack', `${upgrade}Content-Length: 2\r\n`, '{}'),
    'in',
    /<\{\}>in<after/,
  ],
  ['with bytes right behind the head', `${post('/hijack', upgrade)}early`, '-in', /<>early-in<after/],
  ['without Upgrade', post('/hijack', ''), 'in', /^HTTP\/1\.1 200 OK\r\n\r\n<>in<after/],
  [
    'with a chunked body',
    post('/hijack', 'Transfer-Encoding: chunked\r\n'),
    '2\r\nin\r\n0\r\n\r\n',
    /<>in<after/,
  ],
] as const;
for (const [name, request, input, expected] of hijackCases) {
  test(`hijack() ${name} goes on in one direction when the other has ended`, async () => {
    const socket = connect();
    socket.write(request);
    const answer = readUntil(socket, '<after your end>');
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.end(input);
    assert.match(await answer, expected);
    socket.destroy();
  });
}

test('hijack() lets a client that is slow to read have the head by itself', async () => {
  gate = Promise.withResolvers();
  const socket = connect().pause();
  socket.write(post('/hijack', upgrade));
  await gate.promise;
  const first = once(socket, 'data');
  const answer = readUntil(socket, '<>');
  assert.match(String(await first), /^HTTP\/1\.1 101 .*\r\n\r\n$/s);
  assert.match(await answer, /<>$/);
  socket.destroy();
});

test('random bytes never stop the server', async () => {
  let state = 4711;
  const random = (limit: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const parts = [
    get('/hello'),
    post('/echo', 'Content-Length: 4\r\n', 'abcd'),
    '\r\n',
    'GET',
    '\0',
    ': ',
    '5\r\n',
  ];
  const rounds = Array.from({ length: 60 }, async () => {
    const socket = connect();
    for (let i = random(12); i > 0; i--) socket.write(parts[random(parts.length)] ?? '', 'latin1');
    if (random(2) === 0) socket.end();
    else socket.end('\xff\r\n', 'latin1');
    await readUntil(socket, undefined);
    socket.destroy();
  });
  await Promise.all(rounds);
  assert.match(await talk(get('/hello', close)), /hello$/);
});

test('drain() lets the answer that has begun end, and closes who waits', async () => {
  const begun = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const drained = createHttpServer(async (_request, response) => {
    begun.resolve();
    await go.promise;
    response.send(200, {}, 'whole');
  });
  const address = await drained.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  const port = address.kind === 'tcp' ? address.port : 0;
  const idle = createConnection({ port, host: '127.0.0.1' }).resume();
  await once(idle, 'connect');
  const answer = fetch(`http://127.0.0.1:${port}/`);
  await begun.promise;
  const done = drained.drain(new AbortController().signal);
  await once(idle, 'close');
  go.resolve();
  assert.equal(await (await answer).text(), 'whole');
  await done;
});

test('drain() cuts at its deadline', async () => {
  const begun = Promise.withResolvers<void>();
  const stuck = createHttpServer(() => {
    begun.resolve();
    return new Promise(() => {});
  });
  const address = await stuck.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  const answer = fetch(`http://127.0.0.1:${address.kind === 'tcp' ? address.port : 0}/`);
  const refused = assert.rejects(answer);
  await begun.promise;
  const deadline = new AbortController();
  const done = stuck.drain(deadline.signal);
  deadline.abort();
  await Promise.all([done, refused]);
});
