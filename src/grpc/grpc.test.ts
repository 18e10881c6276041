import assert from 'node:assert/strict';
import { connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { EngineError } from '#base';
import { GrpcClient } from './client.ts';
import { FrameReader, frame } from './frames.ts';
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

test('message() reads any bytes, or refuses them, in no time', () => {
  let seed = 1;
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed % below;
  };
  const whole = sample.encode({ name: 'n', words: ['a', 'b'], numbers: [1, 2], table: { k: 'v' }, time: 5n });
  for (let round = 0; round < 20_000; round++) {
    const bytes = Uint8Array.from(whole);
    for (let change = random(6); change >= 0; change--) bytes[random(bytes.length)] = random(256);
    try {
      sample.decode(bytes.subarray(0, random(bytes.length + 1)));
    } catch (error) {
      assert.ok(error instanceof EngineError, String(error));
    }
  }
  const many = Buffer.alloc(2_000_000, Buffer.from([0x22, 0]));
  assert.equal(sample.decode(many).words.length, 1_000_000);
  const prototype = sample.decode(sample.encode({ table: JSON.parse('{"__proto__": "x"}') })).table;
  assert.deepEqual(Object.keys(prototype), ['__proto__']);
});

test('FrameReader puts a message together from any pieces, and refuses what is too long or compressed', () => {
  const messages = [0, 1, 70_000, 3].map((length) => Buffer.alloc(length, length));
  const all = Buffer.concat(messages.map((each) => frame(each)));
  for (const size of [1, 4, 6, 1000, all.length]) {
    const reader = new FrameReader();
    const found: Buffer[] = [];
    for (let at = 0; at < all.length; at += size) found.push(...reader.push(all.subarray(at, at + size)));
    assert.deepEqual(found, messages);
  }
  assert.throws(() => new FrameReader().push(Uint8Array.of(0, 255, 0, 0, 0)), /too long/);
  assert.throws(() => new FrameReader().push(Uint8Array.of(1, 0, 0, 0, 0)), /compressed/);
});

test('a failure of any length is told', async () => {
  const value = Buffer.alloc(20_000, 'x');
  const fail: Method = async function* () {
    yield new Uint8Array(0);
    throw new EngineError('invalid', `€${'\ud800'}`.repeat(200_000));
  };
  const [near, far] = await pair();
  serveGrpc(far, new Map([['/t.T/Fail', fail]]), { statusOf: () => ({ details: [{ type: 't', value }] }) });
  using client = new GrpcClient(near);
  await assert.rejects(
    client.unary('/t.T/Fail', inner, inner, {}, AbortSignal.timeout(10_000)),
    (error) => error instanceof EngineError && error.kind === 'invalid' && error.message.startsWith('€'),
  );
});

test('who stops reading what comes gives the call up', async () => {
  const ended = Promise.withResolvers<void>();
  const flood: Method = async function* (_, { signal }) {
    signal.addEventListener('abort', () => ended.resolve());
    while (!signal.aborted) yield Buffer.alloc(100_000);
  };
  const [near, far] = await pair();
  serveGrpc(far, new Map([['/t.T/Flood', flood]]));
  using client = new GrpcClient(near);
  const stream = client.open('/t.T/Flood', {}, new AbortController().signal);
  for await (const _ of stream.messages) break;
  await ended.promise;
  assert.throws(() => client.open('/t.T/Flood', {}, AbortSignal.abort()), /abort/i);
});
