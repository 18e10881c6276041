import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { test } from 'node:test';
import type { Connection } from '#linux';
import { NetworkRules } from '../rules/network-rules.ts';
import type { Publication } from '../rules/publication.ts';
import { bridgeRecord } from '../testing/bridge-record.ts';
import { FakeNetworkHost } from '../testing/fake-host.ts';
import { Publisher } from './publisher.ts';

function setUp() {
  const host = new FakeNetworkHost();
  const rules = new NetworkRules(bridgeRecord, host);
  rules.reset([]);
  return { host, rules, publisher: new Publisher(rules, host) };
}

function publication(target: string, port = 80, protocol: 'tcp' | 'udp' = 'tcp'): Publication {
  return { port: { port, protocol, hostAddress: '0.0.0.0', hostPort: 8080, group: 'web' }, target };
}

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

const nobody = publication('192.0.2.99');
const connection: Connection = {
  family: 4,
  protocol: 6,
  state: 'established',
  called: { address: Uint8Array.of(192, 0, 2, 1), port: 8080 },
  answering: { address: Uint8Array.of(10, 0, 0, 2), port: 80 },
  tuple: new Uint8Array(),
};
const noSockets = async () => undefined;
const never = new AbortController().signal;

test('publish() gives the first of a group its connections at once, a newcomer only when it answers', async () => {
  const { rules, publisher } = setUp();
  publisher.publish([publication('10.0.0.2')], 'answering');
  assert.equal(rules.isSharedWith(nobody), true);
  const server = createServer();
  const port = await listening(server);
  const newcomer = publication('127.0.0.1', port);
  publisher.publish([newcomer], 'answering');
  assert.equal(rules.isSharedWith(publication('10.0.0.2')), false);
  await once(server, 'connection');
  publisher.unpublish([publication('10.0.0.2')]);
  assert.equal(rules.isSharedWith(nobody), true);
  server.close();
});

test('admit() ends the waiting of a newcomer, withdraw() leaves the last one its connections', async () => {
  const { rules, publisher } = setUp();
  const [one, other] = [publication('10.0.0.2'), publication('10.0.0.3')];
  publisher.publish([one], 'admitted');
  publisher.publish([other], 'admitted');
  assert.equal(rules.isSharedWith(one), false);
  const drained = publisher.drain([one], noSockets, never);
  publisher.admit([other]);
  await drained;
  assert.equal(rules.isSharedWith(nobody), true);
  assert.equal(rules.isSharedWith(other), false);
  publisher.withdraw([other]);
  assert.equal(rules.isSharedWith(nobody), true);
  publisher.publish([one], 'answering');
  publisher.unpublish([other]);
  assert.equal(rules.isSharedWith(nobody), true);
});

test('drain() waits for a successor before it leaves, and for its connections after', async () => {
  const { host, rules, publisher } = setUp();
  const leaving = publication('10.0.0.2');
  publisher.publish([leaving], 'answering');
  const server = createServer();
  const port = await listening(server);
  publisher.publish([publication('127.0.0.1', port)], 'answering');
  host.tracked = [connection];
  let ended = false;
  const socketsClosed = Promise.withResolvers<void>();
  const drained = publisher
    .drain([leaving], async () => socketsClosed.resolve(), never)
    .then(() => {
      ended = true;
    });
  await socketsClosed.promise;
  assert.equal(rules.isSharedWith(nobody), true);
  assert.equal(rules.isSharedWith(publication('127.0.0.1', port)), false);
  assert.equal(ended, false);
  host.tracked = [{ ...connection, state: 'timeWait' }];
  await drained;
  server.close();
});

test('drain() returns when it is given up, whatever goes on', async () => {
  const { host, publisher } = setUp();
  host.tracked = [connection];
  const port = publication('10.0.0.2');
  publisher.publish([port], 'answering');
  const giveUp = new AbortController();
  const drained = publisher.drain([port], async () => giveUp.abort(), giveUp.signal);
  await drained;
  await publisher.drain([port], noSockets, giveUp.signal);
});

test('publish() and unpublish() end what UDP callers had with others', () => {
  const { host, publisher } = setUp();
  const before = { ...connection, protocol: 17, answering: connection.called };
  const other = {
    ...before,
    called: { ...connection.called, port: 53 },
    answering: { ...connection.called, port: 53 },
  };
  host.tracked = [before, other, connection];
  const port = publication('10.0.0.2', 80, 'udp');
  publisher.publish([port], 'answering');
  assert.deepEqual(host.tracked, [other, connection]);
  host.tracked = [{ ...connection, protocol: 17 }, other];
  publisher.unpublish([port]);
  assert.deepEqual(host.tracked, [other]);
});

test('publish() leaves UDP callers of the same port of other hosts, and of other addresses, alone', () => {
  const { host, publisher } = setUp();
  const calling = (...address: number[]) => {
    const end = { address: Uint8Array.from(address), port: 8080 };
    return { ...connection, protocol: 17, called: end, answering: end };
  };
  const [elsewhere, loopback, here] = [
    calling(203, 0, 113, 9),
    calling(127, 0, 0, 9),
    calling(192, 0, 2, 1),
  ] as const;
  host.tracked = [elsewhere, loopback, here];
  const one = publication('10.0.0.2', 80, 'udp');
  publisher.publish([{ ...one, port: { ...one.port, hostAddress: '192.0.2.1' } }], 'answering');
  assert.deepEqual(host.tracked, [elsewhere, loopback]);
  publisher.publish([one], 'answering');
  assert.deepEqual(host.tracked, [elsewhere]);
});
