import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect as connectTo, createServer, type Server, type Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { RelayStream } from './relay-stream.ts';

let server: Server;
before(async () => {
  server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
after(() => void server.close());

/** Our end, as the task room gives it, and the process's end of one connection. */
async function connection(): Promise<{ ours: Socket; process: Socket }> {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const accepted = once(server, 'connection') as Promise<[Socket]>;
  const ours = connectTo({ port: address.port, host: '127.0.0.1', allowHalfOpen: true });
  await once(ours, 'connect');
  return { ours: ours.pause(), process: (await accepted)[0] };
}

/** All that a stream has to read; its other direction stays as it is. */
async function textOf(stream: Readable): Promise<string> {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    text += chunk;
  });
  await once(stream, 'end');
  return text;
}

test('a relay holds input back until it is connected, and ends it without ending the output', async () => {
  const relay = new RelayStream();
  relay.write('early ');
  relay.end('input');
  const output = textOf(relay);
  const { ours, process } = await connection();
  relay.connect(ours);
  assert.equal(await textOf(process), 'early input');
  process.end('output');
  assert.equal(await output, 'output');
});

test('a relay shows the end of the output only when the end is known', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const relay = new RelayStream({ ended: promise });
  const { ours, process } = await connection();
  relay.connect(ours);
  process.end('last words');
  const output = textOf(relay);
  await once(ours, 'end');
  assert.equal(relay.readableEnded, false);
  resolve();
  assert.equal(await output, 'last words');
  relay.destroy();
});

test('a relay with detach keys ends for its reader and passes no key of them on', async () => {
  let detached = 0;
  const relay = new RelayStream({ detachKeys: Uint8Array.of(16, 17), onDetach: () => detached++ });
  const { ours, process } = await connection();
  relay.connect(ours);
  const input = textOf(process);
  relay.write('ls\x10\x11');
  assert.equal(await textOf(relay), '');
  assert.equal(detached, 1);
  assert.equal(await input, 'ls');
  process.end();
});

test('a relay gives what precedes first, at the pace of its reader, and then the output', async () => {
  const relay = new RelayStream();
  let taken = 0;
  async function* log() {
    for (; taken < 100; taken++) yield Buffer.alloc(16 << 10, 'l');
  }
  relay.precede(log());
  const { ours, process } = await connection();
  relay.connect(ours);
  process.end('live');
  relay.write('input');
  assert.equal(String((await once(process, 'data'))[0]), 'input');
  assert.ok(taken < 100, 'nobody has read yet');
  const text = await textOf(relay);
  assert.equal(text.length, 100 * (16 << 10) + 4);
  assert.ok(text.endsWith('lllive'));
  relay.destroy();
});

test('a relay without a process ends after what precedes', async () => {
  const relay = new RelayStream();
  async function* log() {
    yield Buffer.from('only the log');
  }
  relay.precede(log());
  relay.finish();
  assert.equal(await textOf(relay), 'only the log');
});

test('a relay ends also when its process’s side breaks while what precedes is read', async () => {
  const relay = new RelayStream();
  const gate = Promise.withResolvers<void>();
  async function* log() {
    yield Buffer.from('one ');
    await gate.promise;
    yield Buffer.from('two');
  }
  relay.precede(log());
  const { ours } = await connection();
  relay.connect(ours);
  ours.destroy(new Error('broken'));
  gate.resolve();
  assert.equal(await textOf(relay), 'one two');
});
