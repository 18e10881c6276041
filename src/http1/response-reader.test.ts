import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpReader } from './response-reader.ts';
import type { Wire } from './types.ts';

/** A wire over which the text comes byte by byte, or in the pieces given. */
function wire(...pieces: string[]): Wire {
  const parts = pieces.length > 1 ? pieces : [...(pieces[0] ?? '')];
  return {
    read: async () => {
      const part = parts.shift();
      return part === undefined ? undefined : Buffer.from(part, 'latin1');
    },
    write: async () => {},
    end() {},
    destroy() {},
  };
}

async function exchange(text: string, method = 'GET') {
  const reader = new HttpReader(wire(text));
  const head = await reader.readHead();
  let body = '';
  for await (const part of reader.body(head, method)) body += Buffer.from(part).toString();
  return { status: head.status, headers: Object.fromEntries(head.headers), body, reader };
}

test('HttpReader reads bodies by length, in chunks, and to the end of the connection', async () => {
  const sized = await exchange(
    'HTTP/1.1 200 OK\r\nContent-Length: 4\r\nX-A:  b \r\n\r\nbodyHTTP/1.1 204 No\r\n\r\n',
  );
  assert.deepEqual([sized.status, sized.headers['x-a'], sized.body], [200, 'b', 'body']);
  assert.equal((await sized.reader.readHead()).status, 204);
  const chunked = await exchange(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\nHTTP/1.1 404 No\r\n\r\n',
  );
  assert.equal(chunked.body, 'abc0123456789');
  assert.equal((await chunked.reader.readHead()).status, 404);
  assert.equal((await exchange('HTTP/1.0 200 OK\r\n\r\nto the end')).body, 'to the end');
});

test('HttpReader joins what comes several times', async () => {
  const answer = 'HTTP/1.1 401 No\r\nContent-Length: 0\r\nWWW-Authenticate: a\r\nWww-Authenticate: b\r\n\r\n';
  assert.equal((await exchange(answer)).headers['www-authenticate'], 'a, b');
});

test('HttpReader passes over heads that come before the answer, so many', async () => {
  const early = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
  assert.equal((await exchange(early + early + answer)).status, 200);
  assert.equal((await exchange('HTTP/1.1 101 Switching\r\n\r\n')).status, 101);
  await assert.rejects(exchange(early.repeat(20) + answer), /no answer after many heads/);
});

test('HttpReader expects no body where there can be none', async () => {
  assert.equal((await exchange('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n', 'HEAD')).body, '');
  assert.equal((await exchange('HTTP/1.1 304 Same\r\nContent-Length: 9\r\n\r\n')).body, '');
});

test('HttpReader tells what is no answer, and one that is cut', async () => {
  await assert.rejects(exchange('SSH-2.0-x\r\n'), /malformed HTTP response "SSH-2.0-x"/);
  await assert.rejects(exchange(''), /^Error: EOF$/);
  await assert.rejects(exchange('HTTP/1.1 200 OK\r\nContent-'), /^Error: unexpected EOF$/);
  await assert.rejects(
    exchange('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort'),
    /^Error: unexpected EOF$/,
  );
  await assert.rejects(
    exchange('HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'),
    /malformed Content-Length "-1"/,
  );
  await assert.rejects(
    exchange('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'),
    /malformed chunk size/,
  );
});

test('HttpReader takes no head without end', async () => {
  const field = `X: ${'y'.repeat(100_000)}\r\n`;
  const pieces = ['HTTP/1.1 200 OK\r\n', field, field, field, '\r\n'];
  await assert.rejects(new HttpReader(wire(...pieces)).readHead(), /head too long/);
  const line = new HttpReader(wire('HTTP/1.1 200 OK\r\nX: ', 'y'.repeat(300_000)));
  await assert.rejects(line.readHead(), /line too long/);
});
