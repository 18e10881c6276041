import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createWeb, type Server as WebServer } from 'node:http';
import { createServer as createSecureWeb } from 'node:https';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { askServer } from '../../src/engine/containers/health/network-probe.ts';
import { parseTarget } from '../../src/engine/containers/health/network-target.ts';
import { createAuthority } from '../fixtures/certificates.ts';

/** Listens at the loopback address; the port is the server's to choose. */
async function listen<S extends Server | WebServer>(
  server: S,
): Promise<S & AsyncDisposable & { port: number }> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = async () => void server.close();
  return Object.assign(server, { port, [Symbol.asyncDispose]: close });
}

function ask(url: string, timeoutMs = 10_000) {
  return askServer(process.pid, parseTarget(url), AbortSignal.timeout(timeoutMs));
}

test('http is well from 200 to 399, and says what was asked for', async () => {
  const seen: string[] = [];
  await using web = await listen(
    createWeb((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.host}`);
      response.writeHead(Number(request.url?.slice(1)), { Location: '/elsewhere' }).end('x'.repeat(100_000));
    }),
  );
  const codes = [];
  for (const status of [200, 204, 301, 399, 404, 503]) {
    const { exitCode, output } = await ask(`http://127.0.0.1:${web.port}/${status}`);
    assert.match(output, new RegExp(`^GET http://127.0.0.1:${web.port}/${status}: HTTP/1.1 ${status} `));
    codes.push(exitCode);
  }
  assert.deepEqual(codes, [0, 0, 0, 0, 1, 1]);
  assert.equal(seen[0], `GET /200 127.0.0.1:${web.port}`);
});

test('https is asked whoever signed the certificate', async () => {
  const folder = mkdtempSync(`${tmpdir()}/wt-probe-`);
  try {
    const { certificate, key } = createAuthority(folder, 'nobody').issue('server');
    const options = { cert: readFileSync(certificate), key: readFileSync(key) };
    await using web = await listen(createSecureWeb(options, (_, response) => response.end('ok')));
    const { exitCode, output } = await ask(`https://127.0.0.1:${web.port}/deep?x=1`);
    assert.deepEqual([exitCode, output], [0, `GET https://127.0.0.1:${web.port}/deep?x=1: HTTP/1.1 200 OK`]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('tcp needs a connection and nothing else', async () => {
  await using server = await listen(createServer((socket) => void socket.on('error', () => undefined)));
  const { port } = server;
  assert.deepEqual(await ask(`tcp://:${port}`), { exitCode: 0, output: `connected to localhost:${port}` });
  server.close();
  await once(server, 'close');
  assert.deepEqual(await ask(`tcp://127.0.0.1:${port}`), {
    exitCode: 1,
    output: `connect 127.0.0.1 port ${port}: connection refused`,
  });
});

test('servers that say nothing, too much or something else are not well', async () => {
  const replies = ['', 'SSH-2.0-x\r\n', 'y'.repeat(70_000), 'HTTP/1.1 200'];
  const outputs: string[] = [];
  for (const reply of replies) {
    await using server = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end(reply);
      }),
    );
    const { exitCode, output } = await ask(`http://127.0.0.1:${server.port}/`);
    assert.equal(exitCode, 1, reply.slice(0, 20));
    outputs.push(output.replaceAll(/127\.0\.0\.1:\d+/g, 'HOST'));
  }
  assert.deepEqual(outputs, [
    'http://HOST: the connection was closed without an answer',
    'GET http://HOST/: SSH-2.0-x',
    'http://HOST: this is no HTTP server',
    'http://HOST: the connection was closed without an answer',
  ]);
});

test('a server that keeps silent is given up at the abort, and let go', async () => {
  const gone = Promise.withResolvers<void>();
  await using server = await listen(
    createServer((socket) => {
      socket.resume();
      socket.on('error', () => undefined).on('close', () => gone.resolve());
    }),
  );
  const { exitCode, output } = await ask(`http://127.0.0.1:${server.port}/`, 50);
  assert.deepEqual([exitCode, output], [1, `http://127.0.0.1:${server.port}: no answer in time`]);
  await gone.promise;
});
