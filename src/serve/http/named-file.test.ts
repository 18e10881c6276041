import assert from 'node:assert/strict';
import { closeSync, fstatSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ByteSource } from '#base';
import { createHttpServer, type HttpServer } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'wt-http-'));
const path = join(folder, 'http.sock');
const content = Buffer.alloc(700_000, 'named ');
let server: HttpServer;
/** Run by the handler before it reads. */
let meanwhile = () => {};

before(async () => {
  server = createHttpServer(async (request, response) => {
    meanwhile();
    await using source = new ByteSource(request.body);
    const head = Buffer.from(await source.peek(10)).toString();
    let length = 0;
    for await (const piece of source.pieces()) length += piece.length;
    response.send(200, {}, `${head} ${length}`);
  });
  await server.listen({ kind: 'unix', path });
});
after(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

/** An open file with this content, and the field that names it. */
function named(bytes: Uint8Array) {
  writeFileSync(join(folder, 'file'), bytes);
  const fd = openSync(join(folder, 'file'), 'r+');
  const { dev, ino, size } = fstatSync(fd, { bigint: true });
  return {
    fd,
    field: `fd=${fd}; dev=${dev}; ino=${ino}; size=${size}`,
    [Symbol.dispose]: () => closeSync(fd),
  };
}

/** What comes for a request that names a file; `sent` is its body for a server that asks for it. */
function ask(field: string, sent = 'never'): Promise<string> {
  const length = `Content-Length: ${sent.length}`;
  const head = ['POST / HTTP/1.1', 'Host: x', length, 'Expect: 100-continue', `Wharf-Body-File: ${field}`];
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = createConnection({ path });
  let seen = '';
  socket.on('data', (bytes) => {
    seen += bytes.toString('latin1');
    if (seen.endsWith('100 Continue\r\n\r\n')) socket.write(sent);
    if (/ \d+$/.test(seen)) socket.end();
  });
  socket.on('error', () => {});
  socket.on('close', () => resolve(seen));
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  return promise;
}

test('a file that the client has open is its body, and need not be sent', async () => {
  using file = named(content);
  const answer = await ask(file.field);
  assert.match(answer, /^HTTP\/1\.1 200/);
  assert.match(answer, /\r\nConnection: close\r\n/);
  assert.match(answer, new RegExp(`named name ${content.length}$`));
});

test('a body is asked for where the file is another one, no file, or not named in the right form', async () => {
  using file = named(content);
  const folderFd = openSync(folder, 'r');
  const { dev, ino, size } = fstatSync(folderFd, { bigint: true });
  const fields = [
    file.field.replace(/size=\d+/, 'size=1'),
    file.field.replace(/ino=/, 'ino=1'),
    file.field.replace(/fd=\d+/, 'fd=999999999'),
    file.field.replace(/fd=\d+/, 'fd=-1'),
    `fd=${folderFd}; dev=${dev}; ino=${ino}; size=${size}`,
    `${file.field}; more`,
    '',
  ];
  for (const field of fields) {
    const answer = await ask(field, 'this is sent');
    assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200[\s\S]*this is se 12$/, field);
  }
  closeSync(folderFd);
});

test('a file that becomes shorter meanwhile breaks the request', async () => {
  using file = named(content);
  meanwhile = () => ftruncateSync(file.fd, 300_000);
  assert.equal(await ask(file.field), '');
  meanwhile = () => {};
});

test('an empty file is an empty body', async () => {
  using file = named(Buffer.alloc(0));
  assert.match(await ask(file.field), / 0$/);
});
