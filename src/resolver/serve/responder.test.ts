import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NameTable } from '../names/name-table.ts';
import { makeQuery, readResponse } from '../testing/make-query.ts';
import { HostServers } from '../upstream/host-servers.ts';
import { Places } from '../upstream/places.ts';
import { ServerHealth } from '../upstream/server-health.ts';
import { Responder } from './responder.ts';

function responderFor(forwards: boolean, places = new Places(1)): Responder {
  const table = new NameTable();
  const endpoint = { networkId: 'n', networkName: 'net', names: ['web'], addresses: ['10.0.0.2'] };
  table.set({ containerId: 'c', endpoints: [endpoint], links: [], forwards, servers: [], hostAddresses: [] });
  return new Responder('c', {
    table,
    hostServers: new HostServers('/nonexistent'),
    hostHealth: new ServerHealth(),
    places,
    onMessage: () => {},
    pid: process.pid,
  });
}

/** Random numbers that are the same in every run (xorshift). */
function makeRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

test('a container that no network leads out of is refused what is not ours, at once', () => {
  const query = makeQuery('example.org');
  const response = responderFor(false).respond(query, 'udp');
  assert.ok(response instanceof Uint8Array);
  assert.equal(readResponse(response, query).code, 2);
});

test('a container that finds no place among those that wait is refused at once', () => {
  const query = makeQuery('example.org');
  const response = responderFor(true, new Places(0)).respond(query, 'udp');
  assert.ok(response instanceof Uint8Array);
  assert.equal(readResponse(response, query).code, 2);
});

test('Places of a part are places of the whole', () => {
  const whole = new Places(3);
  const [one, other] = [new Places(2, whole), new Places(2, whole)];
  assert.deepEqual([one.tryTake(), one.tryTake(), one.tryTake()], [true, true, false]);
  assert.deepEqual([other.tryTake(), other.tryTake()], [true, false]);
  one.giveBack();
  assert.deepEqual([other.tryTake(), other.tryTake()], [true, false]);
});

test('20,000 broken packets get an answer that fits, or none, and end nothing', () => {
  const random = makeRandom(20_261_122);
  const responder = responderFor(false);
  const seeds = [
    makeQuery('web'),
    makeQuery('web', { type: 28, udpBytes: 1232 }),
    makeQuery('2.0.0.10.in-addr.arpa', { type: 12 }),
    makeQuery('a.very.long.name.with.many.labels.example.org', { udpBytes: 65_535 }),
  ];
  for (let round = 0; round < 20_000; round++) {
    const seed = seeds[random(seeds.length)] ?? Buffer.alloc(0);
    const packet = Buffer.concat([seed, Buffer.from(Array.from({ length: random(24) }, () => random(256)))]);
    for (let change = random(12); change > 0; change--) packet[random(packet.length)] = random(256);
    const message = packet.subarray(0, random(4) === 0 ? random(packet.length + 1) : packet.length);
    for (const transport of ['udp', 'tcp'] as const) {
      const response = responder.respond(message, transport);
      assert.ok(!(response instanceof Promise));
      if (response === undefined) continue;
      assert.ok(response.length >= 12 && response.length <= 65_535, message.toString('hex'));
      assert.equal(response[0], message[0]);
      assert.ok(((response[2] ?? 0) & 0x80) !== 0);
    }
  }
});
