import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request as secureRequest } from 'node:https';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ClientGone, createHttpServer } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'wt-file-part-'));
const content = Buffer.from(Array.from({ length: 12 << 20 }, (_, index) => index % 251));
let fd = -1;
/** How the answer of a path ended. */
const outcomes = { '/gone': Promise.withResolvers<unknown>(), '/short': Promise.withResolvers<unknown>() };
const server = createHttpServer(async ({ query, path }, response) => {
  const part = { fd, offset: Number(query.get('offset')), length: Number(query.get('length')) };
  try {
    await response.sendFile(200, { 'X-Path': path }, part);
  } catch (error) {
    response.abort();
    if (path === '/gone' || path === '/short') outcomes[path].resolve(error);
  }
});
let port = 0;
let securePort = 0;

before(async () => {
  writeFileSync(join(folder, 'content'), content);
  fd = openSync(join(folder, 'content'), 'r');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
  const files = ['-keyout', join(folder, 'key'), '-out', join(folder, 'cert')];
  spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...names, ...files]);
  const tls = { key: readFileSync(join(folder, 'key')), cert: readFileSync(join(folder, 'cert')) };
  const plain = await server.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  const secure = await server.listen({ kind: 'tcp', host: '127.0.0.1', port: 0, tls });
  port = plain.kind === 'tcp' ? plain.port : 0;
  securePort = secure.kind === 'tcp' ? secure.port : 0;
});

after(async () => {
  await server.close();
  closeSync(fd);
  rmSync(folder, { recursive: true, force: true });
});

test('sendFile() sends the part of the file that was named', async () => {
  for (const [offset, length] of [
    [0, content.length],
    [5, 70_000],
    [content.length, 0],
  ] as const) {
    const response = await fetch(`http://127.0.0.1:${port}/?offset=${offset}&length=${length}`);
    assert.equal(response.headers.get('content-length'), String(length));
    const body = Buffer.from(await response.arrayBuffer());
    assert.ok(body.equals(content.subarray(offset, offset + length)));
  }
});

test('sendFile() sends no body to HEAD', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/?offset=0&length=100`, { method: 'HEAD' });
  assert.equal(response.headers.get('content-length'), '100');
});

test('sendFile() sends the same through TLS', async () => {
  const body = await new Promise<Buffer>((resolve, reject) => {
    const ca = readFileSync(join(folder, 'cert'));
    const target = {
      host: 'localhost',
      port: securePort,
      path: '/?offset=1&length=3000000',
      ca,
      agent: false,
    };
    secureRequest(target, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve(Buffer.concat(chunks)));
    })
      .on('error', reject)
      .end();
  });
  assert.ok(body.equals(content.subarray(1, 3_000_001)));
});

test('sendFile() ends when nobody reads any more', async () => {
  const socket = createConnection({ port, host: '127.0.0.1' });
  socket.write(`GET /gone?offset=0&length=${content.length} HTTP/1.1\r\nHost: x\r\n\r\n`);
  socket.once('data', () => socket.destroy());
  assert.ok((await outcomes['/gone'].promise) instanceof ClientGone);
});

test('sendFile() breaks the connection off when the file is too short', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/short?offset=0&length=${content.length + 1}`);
  await assert.rejects(response.arrayBuffer());
  assert.match(String(await outcomes['/short'].promise), /ends early/);
});
