import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DefaultBridge, type DefaultBridgeKnown, defaultBridgeRecord } from './default-bridge.ts';
import { parseSubnet } from './ipam/address.ts';

function record(wish: Partial<DefaultBridge>, known: Partial<DefaultBridgeKnown> = {}) {
  const free = { 4: '172.17.0.0/16', 6: 'fd00:17::/64' };
  const choose = (family: 4 | 6) => parseSubnet(free[family]);
  return defaultBridgeRecord(
    { device: 'wharf0', ...wish },
    { stored: undefined, found: [], foreign: false, choose, ...known },
  );
}

const places = ({ pools }: ReturnType<typeof record>) =>
  pools.map(({ subnet, gateway, range }) => [subnet, gateway, range]);

test('the default bridge takes free subnets, of IPv6 where it is wished', () => {
  assert.deepEqual(places(record({})), [['172.17.0.0/16', '172.17.0.1', undefined]]);
  const both = record({ ipv6: {} });
  assert.equal(both.ipv6, true);
  assert.deepEqual(places(both)[1], ['fd00:17::/64', 'fd00:17::1', undefined]);
});

test('the default bridge has the wished addresses, ranges and routers of both families', () => {
  const network = record({
    ipv4: { address: '10.7.0.9/24', range: '10.7.0.128/25', gateway: '10.7.0.254' },
    ipv6: { address: 'fd00:7::9/64', range: 'fd00:7::100/120', gateway: 'fd00:7::254' },
  });
  assert.deepEqual(places(network), [
    ['10.7.0.0/24', '10.7.0.9', '10.7.0.128/25'],
    ['fd00:7::/64', 'fd00:7::9', 'fd00:7::100/120'],
  ]);
  assert.deepEqual(
    network.pools.map(({ auxiliary }) => auxiliary),
    [{ DefaultGatewayIPv4: '10.7.0.254' }, { DefaultGatewayIPv6: 'fd00:7::254' }],
  );
});

test('a range alone is the subnet', () => {
  const network = record({ ipv6: { range: 'fd00:8::/64' } });
  assert.deepEqual(places(network)[1], ['fd00:8::/64', 'fd00:8::1', 'fd00:8::/64']);
});

test('the default bridge keeps its addresses, and its id, while its device is the same', () => {
  const first = record({ ipv4: { address: '10.7.0.9/24' }, ipv6: {} });
  const next = record({ ipv6: {} }, { stored: first });
  assert.deepEqual([next.id, ...places(next)], [first.id, ...places(first)]);
  const moved = record({ device: 'wharf1' }, { stored: first });
  assert.deepEqual([moved.id, ...places(moved)], [first.id, ['172.17.0.0/16', '172.17.0.1', undefined]]);
});

test('the default bridge has the addresses of a device that was there before, but for link-local ones', () => {
  const found = ['fe80::1/64', '10.3.0.7/24', 'fd00:3::7/64'];
  const network = record({ ipv6: {} }, { found, foreign: true });
  assert.deepEqual(places(network), [
    ['10.3.0.0/24', '10.3.0.7', undefined],
    ['fd00:3::/64', 'fd00:3::7', undefined],
  ]);
  assert.equal(network.bridge?.foreign, true);
});

for (const [wish, message] of [
  [{ ipv4: { address: '10.7.0.9' } }, 'invalid CIDR address: 10.7.0.9'],
  [{ ipv4: { address: 'fd00::1/64' } }, 'fd00::1/64 is no IPv4 address'],
  [{ ipv6: { address: '10.7.0.9/24' } }, '10.7.0.9/24 is no IPv6 address'],
  [
    { ipv4: { address: '10.7.0.9/24', range: '10.8.0.0/24' } },
    'fixed-cidr 10.8.0.0/24 is not within the subnet 10.7.0.0/24',
  ],
  [
    { ipv4: { address: '10.7.0.9/24', gateway: '10.8.0.1' } },
    'default gateway 10.8.0.1 is not within the subnet 10.7.0.0/24',
  ],
] as const) {
  test(`the default bridge can't be ${JSON.stringify(wish)}`, () => {
    assert.throws(() => record(wish), { message });
  });
}
