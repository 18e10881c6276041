import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { EngineError } from '#base';
import { GrpcClient } from './client.ts';
import {
  field,
  flag,
  integer,
  long,
  map,
  message,
  optional,
  repeated,
  repeatedMessage,
  text,
} from './protobuf.ts';
import { type Method, serveGrpc, serverStream, unary } from './server.ts';

const inner = message({ name: field(1, text) });
const sample = message({
  name: field(1, text),
  count: field(2, integer),
  on: field(3, flag),
  words: repeated(4, text),
  numbers: repeated(5, integer),
  inner: optional(6, inner),
  inners: repeatedMessage(7, inner),
  table: map(8, text),
  time: field(9, long),
});

test('message() reads back what it wrote, and knows what is absent', () => {
  const value = {
    name: 'ü',
    count: -5,
    on: true,
    words: ['a', ''],
    numbers: [1, 300],
    inner: { name: '' },
    inners: [{ name: 'x' }, { name: 'y' }],
    table: { k: 'v', empty: '' },
    time: -(2n ** 60n),
  };
  assert.deepEqual(sample.decode(sample.encode(value)), value);
  const nothing = sample.decode(new Uint8Array(0));
  assert.deepEqual([nothing.name, nothing.inner, nothing.words, nothing.table], ['', undefined, [], {}]);
  assert.equal(sample.encode({}).length, 0);
});

test('message() passes over unknown fields, reads packed numbers, and refuses broken bytes', () => {
  const packed = Uint8Array.from([0x2a, 3, 1, 0xac, 2, 0x7a, 1, 9, 0xf9, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
  assert.deepEqual(sample.decode(packed).numbers, [1, 300]);
  for (const bytes of [[0x0a, 5, 1], [0x08], [0x0b], [0x08, 1]]) {
    assert.throws(() => sample.decode(Uint8Array.from(bytes)), EngineError);
  }
});

const pair = async (): Promise<[Socket, Socket]> => {
  const server = createServer();
  const accepted = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  const socket = connect(address.port, '127.0.0.1');
  const other = await accepted;
  server.close();
  return [socket, other];
};

const echo: Method = async function* (requests) {
  for await (const bytes of requests) yield bytes;
};

const methods = new Map<string, Method>([
  ['/t.T/Greet', unary(inner, inner, async ({ name }) => ({ name: `hello ${name}` }))],
  ['/t.T/Fail', unary(inner, inner, () => Promise.reject(new EngineError('notFound', 'no such ü thing')))],
  [
    '/t.T/Count',
    serverStream(inner, inner, async function* () {
      for (let n = 0; n < 300; n++) yield { name: String(n) };
    }),
  ],
  ['/t.T/Echo', echo],
]);

async function withClient(work: (client: GrpcClient, signal: AbortSignal) => Promise<void>): Promise<void> {
  const [near, far] = await pair();
  serveGrpc(far, methods);
  const controller = new AbortController();
  using client = new GrpcClient(near);
  await work(client, controller.signal);
}

test('calls of each kind over one connection', () =>
  withClient(async (client, signal) => {
    assert.deepEqual(await client.unary('/t.T/Greet', inner, inner, { name: 'you' }, signal), {
      name: 'hello you',
    });
    const failing = client.unary('/t.T/Fail', inner, inner, {}, signal);
    await assert.rejects(failing, { kind: 'notFound', message: 'no such ü thing' });
    const unknown = client.unary('/t.T/Nothing', inner, inner, {}, signal);
    await assert.rejects(unknown, { kind: 'notImplemented', message: 'unknown method /t.T/Nothing' });
    const counting = client.open('/t.T/Count', {}, signal);
    await counting.send(inner.encode({ name: 'x' }));
    counting.end();
    let last = '';
    for await (const bytes of counting.messages) last = inner.decode(bytes).name;
    assert.equal(last, '299');
  }));

test('a call both ways carries much', () =>
  withClient(async (client, signal) => {
    const call = client.open('/t.T/Echo', { 'x-more': ['a', 'b'] }, signal);
    const piece = Buffer.alloc(200_000, 7);
    const sending = (async () => {
      for (let n = 0; n < 40; n++) await call.send(piece);
      call.end();
    })();
    let received = 0;
    for await (const bytes of call.messages) received += bytes.length;
    await sending;
    assert.equal(received, 40 * piece.length);
  }));

test('a call that is given up ends', async () => {
  const controller = new AbortController();
  await withClient(async (client) => {
    const call = client.open('/t.T/Echo', {}, controller.signal);
    await call.send(inner.encode({ name: 'x' }));
    const reading = (async () => {
      for await (const _ of call.messages) controller.abort(new EngineError('unavailable', 'enough'));
    })();
    await assert.rejects(reading, { message: 'enough' });
  });
});
