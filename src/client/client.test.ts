import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { ApiClient, ApiError, ConnectionError, parseEndpoint } from './index.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let folder: string;
let server: Server;
let handler: Handler;
let connections: number;
let client: ApiClient;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wharf-client-'));
  connections = 0;
  server = createServer((request, response) => handler(request, response));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
  client = new ApiClient({ endpoint: parseEndpoint(`unix://${folder}/s`) });
});

afterEach(async () => {
  client.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}

test('json() sends version, path, query and body', async () => {
  handler = (request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () =>
      json(response, 200, { url: request.url, type: request.headers['content-type'], body }),
    );
  };
  const query = { b: true, a: 'x y', off: false, none: undefined, list: ['1', '2'], n: 0 };
  const answer = await client.json({ method: 'POST', path: '/things', query, json: { A: 1 } });
  assert.deepEqual(answer, {
    url: '/v1.51/things?a=x%20y&b=1&list=1&list=2&n=0',
    type: 'application/json',
    body: '{"A":1}',
  });
});

test('calls one after the other use one connection, calls at once their own', async () => {
  handler = (_, response) => json(response, 200, {});
  for (let call = 0; call < 3; call++) await client.json({ method: 'GET', path: '/x' });
  assert.equal(connections, 1);
  await Promise.all([1, 2, 3].map(() => client.json({ method: 'GET', path: '/x' })));
  assert.equal(connections, 3);
});

test('send() throws the daemon’s message with its status', async () => {
  handler = (_, response) => json(response, 409, { message: 'is in use' });
  await assert.rejects(client.send({ method: 'GET', path: '/x' }), (error) => {
    return error instanceof ApiError && error.status === 409 && error.message === 'is in use';
  });
});

test('a daemon that is older gets its own version', async () => {
  const urls: string[] = [];
  handler = (request, response) => {
    urls.push(request.url ?? '');
    const message = 'client version 1.51 is too new. Maximum supported API version is 1.44';
    if (request.url?.startsWith('/v1.51')) json(response, 400, { message });
    else json(response, 200, 'fine');
  };
  assert.equal(await client.json({ method: 'GET', path: '/x' }), 'fine');
  await client.json({ method: 'GET', path: '/y' });
  assert.deepEqual(urls, ['/v1.51/x', '/v1.44/x', '/v1.44/y']);
});

test('a body that cannot be sent twice is preceded by the question for the version', async () => {
  const seen: string[] = [];
  handler = (request, response) => {
    seen.push(`${request.method} ${request.url}`);
    response.setHeader('Api-Version', '1.44');
    request.resume().on('end', () => json(response, 200, {}));
  };
  const body = (async function* () {
    yield Buffer.from('abc');
  })();
  await client.json({ method: 'PUT', path: '/x', body });
  assert.deepEqual(seen, ['HEAD /_ping', 'PUT /v1.44/x']);
});

test('a file is offered to a daemon that takes files, and sent when it asks for it', async () => {
  const seen: string[] = [];
  const answer = (request: IncomingMessage, response: ServerResponse) => {
    response.setHeader('Wharf-Takes-Files', '1');
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      seen.push(`${request.headers['wharf-body-file'] ?? 'not offered'}: ${body}`);
      json(response, 200, {});
    });
  };
  handler = answer;
  const send = () => {
    const body = (async function* () {
      yield Buffer.from('abc');
    })();
    const bodyFile = { fd: 7, dev: 8n, ino: 9n, size: 3n };
    return client.json({ method: 'PUT', path: '/x', body, bodyFile });
  };
  server.on('checkContinue', (request, response) => {
    response.writeContinue();
    answer(request, response);
  });
  await send();
  server.removeAllListeners('checkContinue').on('checkContinue', (request, response) => {
    seen.push(`taken: ${request.headers['wharf-body-file']}`);
    response.writeHead(200, { Connection: 'close' }).end('{}');
  });
  await send();
  const offer = 'fd=7; dev=8; ino=9; size=3';
  assert.deepEqual(seen, ['not offered: ', `${offer}: abc`, `taken: ${offer}`]);
});

test('a daemon that does not take files is sent the body', async () => {
  const seen: string[] = [];
  handler = (request, response) => {
    seen.push(`${request.method} ${request.headers.expect} ${request.headers['wharf-body-file']}`);
    request.resume().on('end', () => json(response, 200, {}));
  };
  const body = (async function* () {
    yield Buffer.from('abc');
  })();
  await client.json({ method: 'PUT', path: '/x', body, bodyFile: { fd: 7, dev: 8n, ino: 9n, size: 3n } });
  assert.deepEqual(seen, ['HEAD undefined undefined', 'PUT undefined undefined']);
});

test('a chunked answer comes piece by piece, and stopping early closes the connection', async () => {
  let closed: Promise<void> = Promise.resolve();
  handler = (request, response) => {
    closed = new Promise((resolve) => request.socket.on('close', () => resolve()));
    response.write('one');
  };
  const response = await client.send({ method: 'GET', path: '/x' });
  for await (const part of response.body) {
    assert.equal(Buffer.from(part).toString(), 'one');
    break;
  }
  await closed;
});

test('a large chunked answer is read whole', async () => {
  const piece = Buffer.alloc(700_000, 'x');
  handler = (_, response) => {
    for (let count = 0; count < 5; count++) response.write(piece);
    response.end();
  };
  const { body } = await client.send({ method: 'GET', path: '/x' });
  let bytes = 0;
  for await (const part of body) bytes += part.length;
  assert.equal(bytes, 5 * piece.length);
});

test('hijack() gives a stream both ways whose input can end before its output', async () => {
  server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 UPGRADED\r\nContent-Type: application/vnd.docker.raw-stream\r\n\r\nhello ');
    let got = '';
    socket.on('data', (part) => {
      got += part;
    });
    socket.on('end', () => socket.end(`got ${got}`));
  });
  const stream = await client.hijack({ method: 'POST', path: '/attach' });
  assert.equal(stream.multiplexed, false);
  await stream.write(Buffer.from('input'));
  stream.end();
  let output = '';
  for (let part = await stream.read(); part !== undefined; part = await stream.read())
    output += Buffer.from(part);
  assert.equal(output, 'hello got input');
  stream.destroy();
});

test('hijack() throws when the daemon refuses', async () => {
  handler = (_, response) => json(response, 404, { message: 'No such container: x' });
  await assert.rejects(client.hijack({ method: 'POST', path: '/attach' }), {
    message: 'No such container: x',
  });
});

test('nobody there is a ConnectionError in the stock client’s words', async () => {
  const lost = new ApiClient({ endpoint: parseEndpoint(`unix://${folder}/none`) });
  await assert.rejects(lost.call({ method: 'GET', path: '/x' }), (error) => {
    const message = `Cannot connect to the Docker daemon at unix://${folder}/none. Is the docker daemon running?`;
    return error instanceof ConnectionError && error.absent && error.message === message;
  });
});

test('a daemon on TCP is reached too', async () => {
  handler = (_, response) => json(response, 200, 'tcp');
  const tcp = createServer((request, response) => handler(request, response));
  await new Promise<void>((resolve) => tcp.listen(0, '127.0.0.1', resolve));
  const { port } = tcp.address() as AddressInfo;
  const remote = new ApiClient({ endpoint: parseEndpoint(`tcp://127.0.0.1:${port}`) });
  assert.equal(await remote.json({ method: 'GET', path: '/x' }), 'tcp');
  remote.close();
  await new Promise((resolve) => tcp.close(resolve));
});

test('parseEndpoint() knows unix, tcp and nothing else', () => {
  assert.deepEqual(parseEndpoint('tcp://[::1]:99'), {
    kind: 'tcp',
    text: 'tcp://[::1]:99',
    host: '::1',
    port: 99,
  });
  assert.deepEqual(parseEndpoint('tcp://host'), {
    kind: 'tcp',
    text: 'tcp://host',
    host: 'host',
    port: 2375,
  });
  assert.throws(() => parseEndpoint('foo://x'), { message: 'invalid bind address format: foo://x' });
});
