import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Clash, findClashes } from './clashes.ts';
import { readBridgeOptions } from './drivers/bridge-options.ts';
import { addressBytes } from './ipam/address.ts';
import { newNetwork } from './predefined.ts';
import type { IpamPool } from './types.ts';

const index = 5;
const pools = ['10.9.0.0/16', 'fd00:9::/64'].map(
  (subnet): IpamPool => ({
    family: subnet.includes(':') ? 6 : 4,
    subnet,
    gateway: undefined,
    impliedGateway: false,
    range: undefined,
    configured: true,
    auxiliary: {},
  }),
);
const bridge = readBridgeOptions({}, { device: 'br-1', internal: false });
const shop = { record: { ...newNetwork('shop', 'bridge'), pools, bridge }, index };

function clashes(destination: string, prefixLength: number, device: number): Clash[] {
  const route = { destination: addressBytes(destination), prefixLength, device, type: 1 };
  return findClashes([route], [shop]);
}

test('findClashes() finds routes to a part of a network, and to more than it, by other devices', () => {
  assert.deepEqual(clashes('10.9.7.0', 24, 2), [{ network: 'shop', route: '10.9.7.0/24' }]);
  assert.deepEqual(clashes('10.0.0.0', 8, 2), [{ network: 'shop', route: '10.0.0.0/8' }]);
  assert.deepEqual(clashes('fd00:9::', 80, 2), [{ network: 'shop', route: 'fd00:9::/80' }]);
});

test('findClashes() takes no offence at the network’s own routes, at others, and at those to everywhere', () => {
  assert.deepEqual(clashes('10.9.0.0', 16, index), []);
  assert.deepEqual(clashes('10.10.0.0', 16, 2), []);
  assert.deepEqual(clashes('0.0.0.0', 0, 2), []);
});
