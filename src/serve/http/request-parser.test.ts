import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultLimits, type HttpLimits } from './limits.ts';
import { ProtocolError } from './protocol-error.ts';
import { type ParserEvent, RequestParser } from './request-parser.ts';

const get = 'GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n';

/** All events of the input, cut in pieces of `size` bytes; data joined; the status when it is refused. */
function parse(input: string, size = input.length, limits: HttpLimits = defaultLimits): string[] {
  const parser = new RequestParser(limits);
  const seen: string[] = [];
  try {
    for (let at = 0; at < input.length; at += size) {
      parser.push(Buffer.from(input.slice(at, at + size), 'latin1'));
      for (let event = parser.next(); event !== undefined; event = parser.next()) note(seen, event);
    }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    seen.push(`refused ${error.status}`);
  }
  return seen;
}

function note(seen: string[], event: ParserEvent): void {
  if (event.kind === 'head') seen.push(`${event.head.method} ${event.head.target}`);
  else if (event.kind === 'end') seen.push('end');
  else if (seen.at(-1)?.startsWith('data ')) seen.push(`${seen.pop()}${event.bytes.toString('latin1')}`);
  else seen.push(`data ${event.bytes.toString('latin1')}`);
}

function post(fields: string, body = ''): string {
  return `POST / HTTP/1.1\r\nHost: x\r\n${fields}\r\n${body}`;
}

test('next() gives head, body and end, however the bytes are cut', () => {
  const input = [
    get,
    post('Content-Length: 5\r\n', 'hello'),
    post('Transfer-Encoding: Chunked\r\n', '3;x="y"\r\nabc\r\n0A\r\n0123456789\r\n0\r\nTrailer: t\r\n\r\n'),
    'GET http://host:1/abs?q HTTP/1.1\r\nHost: host:1\r\n\r\n',
    get,
  ].join('');
  const expected = [
    'GET /a?b=c',
    'end',
    'POST /',
    'data hello',
    'end',
    'POST /',
    'data abc0123456789',
    'end',
    'GET /abs?q',
    'end',
    'GET /a?b=c',
    'end',
  ];
  for (const size of [1, 2, 3, 7, 16, 61, input.length]) assert.deepEqual(parse(input, size), expected);
});

test('next() joins repeated headers and lowers their names', () => {
  const parser = new RequestParser(defaultLimits);
  parser.push(Buffer.from('GET / HTTP/1.0\r\nX-A:  1 \r\nx-a:\t2\r\n\r\n'));
  const event = parser.next();
  assert.equal(event?.kind === 'head' && event.head.headers.get('x-a'), '1, 2');
});

const refused: readonly (readonly [name: string, input: string, status: number])[] = [
  ['both lengths', post('Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'), 400],
  ['two different Content-Lengths', post('Content-Length: 5\r\nContent-Length: 6\r\n'), 400],
  ['two equal Content-Lengths', post('Content-Length: 5\r\nContent-Length: 5\r\n'), 400],
  ['a list as Content-Length', post('Content-Length: 5, 5\r\n'), 400],
  ['a signed Content-Length', post('Content-Length: +5\r\n'), 400],
  ['a negative Content-Length', post('Content-Length: -5\r\n'), 400],
  ['a hexadecimal Content-Length', post('Content-Length: 0x5\r\n'), 400],
  ['an empty Content-Length', post('Content-Length:\r\n'), 400],
  ['another transfer coding', post('Transfer-Encoding: gzip, chunked\r\n'), 501],
  ['chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n'), 501],
  ['a disguised coding', post('Transfer-Encoding: \x0bchunked\r\n'), 400],
  ['a coding in HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n', 400],
  ['a folded header', post('X: a\r\n b\r\n'), 400],
  ['a space before the colon', post('Content-Length : 5\r\n'), 400],
  ['a header without colon', post('Content-Length 5\r\n'), 400],
  ['an empty header name', post(': 5\r\n'), 400],
  ['a bare line feed', 'GET / HTTP/1.1\nHost: x\n\n', 400],
  ['a bare carriage return', post('X: a\rb\r\n'), 400],
  ['a NUL in a value', post('X: a\0b\r\n'), 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n', 400],
  ['a path without slash', 'GET a HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['two spaces', 'GET  / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['no version', 'GET /\r\nHost: x\r\n\r\n', 400],
  ['a bad method', 'G(T / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\n', 505],
  ['HTTP/3.0', 'GET / HTTP/3.0\r\nHost: x\r\n\r\n', 505],
  ['two empty lines', `\r\n\r\n${get}`, 400],
];
const refusedChunks: readonly (readonly [name: string, body: string])[] = [
  ['no size', '\r\n'],
  ['a negative size', '-1\r\n'],
  ['a prefixed size', '0x1\r\na\r\n'],
  ['an enormous size', 'fffffffffffffffff\r\n'],
  ['a size with a space before it', ' 1\r\na\r\n'],
  ['a size that ends in a bare line feed', '1\na\r\n'],
  ['data that is longer than its size', '1\r\nab\r\n'],
  ['an extension with a NUL', '1;\0\r\na\r\n'],
  ['a folded trailer', '0\r\n x\r\n\r\n'],
];

for (const [name, input, status] of refused) {
  test(`next() refuses ${name}`, () => {
    for (const size of [1, input.length]) assert.equal(parse(input, size).at(-1), `refused ${status}`);
  });
}
for (const [name, body] of refusedChunks) {
  test(`next() refuses a chunk with ${name}`, () => {
    const input = post('Transfer-Encoding: chunked\r\n', body);
    for (const size of [1, input.length]) assert.equal(parse(input, size).at(-1), 'refused 400');
  });
}

test('next() refuses what is over a limit, also before its line has ended', () => {
  const limits = {
    ...defaultLimits,
    requestLineBytes: 40,
    headerLineBytes: 30,
    headerCount: 3,
    headerBytes: 60,
    chunkLineBytes: 8,
  };
  const chunked = 'Transfer-Encoding: chunked\r\n';
  assert.equal(parse(`GET /${'a'.repeat(40)}`, 1, limits).at(-1), 'refused 414');
  assert.equal(parse(post(`X: ${'a'.repeat(30)}`), 1, limits).at(-1), 'refused 431');
  assert.equal(parse(post('A: 1\r\nB: 1\r\nC: 1\r\n'), 1, limits).at(-1), 'refused 431');
  assert.equal(parse(post(`${`A: ${'1'.repeat(25)}\r\n`.repeat(2)}`), 1, limits).at(-1), 'refused 431');
  assert.equal(parse(post(chunked, `1;${'x'.repeat(9)}`), 1, limits).at(-1), 'refused 400');
  assert.equal(parse(post(chunked, `0\r\n${'A: 1\r\n'.repeat(4)}`), 1, limits).at(-1), 'refused 431');
});

test('next() neither crashes nor loses its place on random bytes and cuts', () => {
  const random = seededRandom(20_240_611);
  const alphabet =
    'GET /POST HTTP/1.1\r\n\r\n\r\nHost: x\r\n:;0123abc\tContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\0\xff';
  for (let round = 0; round < 2000; round++) {
    const valid = random() < 0.5 ? get : post('Content-Length: 3\r\n', 'abc');
    let input = valid.repeat(Math.floor(random() * 3));
    for (let i = Math.floor(random() * 60); i > 0; i--)
      input += alphabet[Math.floor(random() * alphabet.length)];
    const whole = parse(input);
    assert.deepEqual(parse(input, 1 + Math.floor(random() * 9)), whole);
  }
});

function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
