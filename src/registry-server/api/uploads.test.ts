import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createConnection, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { digestOf } from '#base';
import { startTestServer, type TestServer } from '../testing/server.ts';

let server: TestServer;

before(async () => {
  server = await startTestServer();
});
after(async () => server[Symbol.asyncDispose]());

async function begin(repository = 'team/app'): Promise<string> {
  const response = await server.ask('POST', `/v2/${repository}/blobs/uploads/`);
  assert.equal(response.status, 202);
  assert.equal(response.headers.get('range'), '0-0');
  return response.headers.get('location') ?? '';
}

async function errorOf(response: Response): Promise<string> {
  const { errors } = JSON.parse(await response.text());
  return errors[0].code;
}

async function blobText(repository: string, digest: string): Promise<string> {
  return (await server.ask('GET', `/v2/${repository}/blobs/${digest}`)).text();
}

test('a blob comes in chunks, in order, each told by its Content-Range', async () => {
  const location = await begin();
  const first = await server.ask('PATCH', location, { body: 'hello ', headers: { 'Content-Range': '0-5' } });
  assert.equal(first.status, 202);
  assert.equal(first.headers.get('range'), '0-5');
  const gap = await server.ask('PATCH', location, { body: 'gap', headers: { 'Content-Range': '9-11' } });
  assert.equal(gap.status, 416);
  assert.equal(gap.headers.get('range'), '0-5');
  assert.equal(await errorOf(gap), 'RANGE_INVALID');
  const status = await server.ask('GET', location);
  assert.equal(status.status, 204);
  assert.equal(status.headers.get('range'), '0-5');
  const digest = digestOf('hello world');
  const last = { body: 'world', headers: { 'Content-Range': '6-10' } };
  const put = await server.ask('PUT', `${location}?digest=${digest}`, last);
  assert.equal(put.status, 201);
  assert.equal(put.headers.get('location'), `/v2/team/app/blobs/${digest}`);
  assert.equal(put.headers.get('docker-content-digest'), digest);
  assert.equal(await blobText('team/app', digest), 'hello world');
  assert.equal((await server.ask('GET', location)).status, 404);
});

test('a stream without lengths may follow chunks', async () => {
  const location = await begin();
  await server.ask('PATCH', location, { body: 'streamed ' });
  const digest = digestOf('streamed whole');
  await server.ask('PATCH', location, { body: 'whole' });
  assert.equal((await server.ask('PUT', `${location}?digest=${digest}`)).status, 201);
  assert.equal(await blobText('team/app', digest), 'streamed whole');
});

test('a chunk that is shorter than its Content-Range is refused, and can be followed', async () => {
  const location = await begin();
  const short = await server.ask('PATCH', location, { body: 'abc', headers: { 'Content-Range': '0-9' } });
  assert.equal(await errorOf(short), 'SIZE_INVALID');
  assert.equal((await server.ask('GET', location)).headers.get('range'), '0-2');
});

test('a malformed Content-Range is refused', async () => {
  const location = await begin();
  for (const range of ['x', '5-2', '0', '-3', `0-${'9'.repeat(40)}`]) {
    const response = await server.ask('PATCH', location, { body: 'a', headers: { 'Content-Range': range } });
    assert.equal(response.status, 416, range);
  }
});

test('a wrong digest ends the upload and leaves nothing', async () => {
  const location = await begin();
  await server.ask('PATCH', location, { body: 'something' });
  const wrong = await server.ask('PUT', `${location}?digest=${digestOf('something else')}`);
  assert.equal(wrong.status, 400);
  assert.equal(await errorOf(wrong), 'DIGEST_INVALID');
  assert.equal((await server.ask('GET', location)).status, 404);
  const missing = await server.ask('PUT', await begin());
  assert.equal(await errorOf(missing), 'DIGEST_INVALID');
});

test('POST with a digest takes the whole blob', async () => {
  const digest = await server.pushBlob('team/single', 'single');
  assert.equal(await blobText('team/single', digest), 'single');
  const wrong = await server.ask('POST', `/v2/team/single/blobs/uploads/?digest=${digest}`, {
    body: 'other',
  });
  assert.equal(await errorOf(wrong), 'DIGEST_INVALID');
});

test('an empty blob is one, too', async () => {
  const digest = digestOf('');
  assert.equal((await server.ask('PUT', `${await begin()}?digest=${digest}`)).status, 201);
  assert.equal(await blobText('team/app', digest), '');
});

test('a mount needs no upload; of what is not there an upload begins', async () => {
  const digest = await server.pushBlob('team/from', 'to be mounted');
  const mounted = await server.ask('POST', `/v2/team/to/blobs/uploads/?mount=${digest}&from=team/from`);
  assert.equal(mounted.status, 201);
  assert.equal(mounted.headers.get('location'), `/v2/team/to/blobs/${digest}`);
  assert.equal(await blobText('team/to', digest), 'to be mounted');
  const absent = digestOf('nowhere');
  for (const query of [
    `mount=${absent}&from=team/from`,
    `mount=${digest}&from=not/there`,
    `mount=${absent}`,
  ]) {
    assert.equal((await server.ask('POST', `/v2/team/to/blobs/uploads/?${query}`)).status, 202, query);
  }
});

test('DELETE ends an upload', async () => {
  const location = await begin();
  assert.equal((await server.ask('DELETE', location)).status, 204);
  for (const method of ['GET', 'PATCH', 'PUT', 'DELETE']) {
    assert.equal(await errorOf(await server.ask(method, location)), 'BLOB_UPLOAD_UNKNOWN', method);
  }
});

test('an upload is reached by its own repository and id alone', async () => {
  const location = await begin('team/mine');
  const elsewhere = location.replace('team/mine', 'team/yours');
  assert.equal((await server.ask('GET', elsewhere)).status, 404);
  for (const id of ['..', '%2e%2e%2f%2e%2e%2fregistry.db', 'x', '..%2fdata']) {
    const response = await server.ask('PATCH', `/v2/team/mine/blobs/uploads/${id}`, { body: 'a' });
    assert.ok([400, 404].includes(response.status), id);
  }
});

test('who comes later takes an upload over; nothing is mixed up', async () => {
  const location = await begin();
  const [host = '', port = ''] = server.address.split(':');
  const patch = (length: number, headers = '') => {
    const socket = createConnection({ host, port: Number(port) });
    socket.write(`PATCH ${location} HTTP/1.1\r\nHost: x\r\nContent-Length: ${length}\r\n${headers}\r\n`);
    return socket;
  };
  const here = async (range: string) => {
    while ((await server.ask('GET', location)).headers.get('range') !== range) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const answer = async (socket: Socket) => String((await once(socket, 'data'))[0]);
  const stuck = patch(1000);
  stuck.write('half');
  await here('0-3');
  const next = patch(9, 'Content-Range: 4-12\r\n');
  next.write(' and ');
  await here('0-8');
  stuck.write('late bytes of the first');
  assert.match(await answer(stuck), /^HTTP\/1\.1 400 .*BLOB_UPLOAD_INVALID/s);
  next.write('half');
  assert.match(await answer(next), /^HTTP\/1\.1 202 /);
  for (const socket of [stuck, next]) socket.destroy();
  assert.equal((await server.ask('PUT', `${location}?digest=${digestOf('half and half')}`)).status, 201);
});

test('two uploads of one blob at once both end well', async () => {
  const content = Buffer.alloc(1 << 20, 'same');
  const digest = digestOf(content);
  const responses = await Promise.all(
    ['a/one', 'a/two', 'a/one'].map((repository) =>
      server.ask('POST', `/v2/${repository}/blobs/uploads/?digest=${digest}`, { body: content }),
    ),
  );
  assert.deepEqual(
    responses.map(({ status }) => status),
    [201, 201, 201],
  );
});

test('an upload goes on after the server was started anew', async () => {
  const first = await startTestServer();
  const location = (await first.ask('POST', '/v2/team/app/blobs/uploads/')).headers.get('location') ?? '';
  await first.ask('PATCH', location, { body: 'before, ' });
  await first.running[Symbol.asyncDispose]();
  await using second = await startTestServer({}, { folder: first.folder });
  assert.equal((await second.ask('GET', location)).headers.get('range'), '0-7');
  await second.ask('PATCH', location, { body: 'after', headers: { 'Content-Range': '8-12' } });
  assert.equal((await second.ask('PUT', `${location}?digest=${digestOf('before, after')}`)).status, 201);
  assert.deepEqual(readdirSync(join(first.folder, 'data/uploads')), []);
  await first[Symbol.asyncDispose]().catch(() => {});
});
