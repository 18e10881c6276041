import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newNetwork } from '../predefined.ts';
import type { PoolRequest } from '../types.ts';
import { parseSubnet } from './address.ts';
import { NetworkAddresses } from './network-addresses.ts';
import { planPools } from './plan-pools.ts';

function open(requests: readonly PoolRequest[], internal = false): NetworkAddresses {
  const families = [4 as const, 6 as const].filter((family) =>
    requests.some(({ subnet }) => subnet?.includes(':') === (family === 6)),
  );
  const choose = () => parseSubnet('10.0.0.0/24');
  const pools = planPools({ requests, families, gatewayless: [], used: [], choose });
  return new NetworkAddresses({ ...newNetwork('shop', 'bridge'), id: 'f00', internal, pools });
}

const both = [{ subnet: '10.9.0.0/24' }, { subnet: 'fd00:9::/64' }];

test('an endpoint gets an address of each family, and a MAC address by the end of the first', () => {
  assert.deepEqual(open(both).take({ network: 'shop' }), {
    ipv4: { address: '10.9.0.2', prefixLength: 24, gateway: '10.9.0.1' },
    ipv6: { address: 'fd00:9::2', prefixLength: 64, gateway: 'fd00:9::1' },
    macAddress: '02:42:0a:09:00:02',
  });
});

test('an endpoint of a network of IPv6 alone has a MAC address too', () => {
  const { ipv4, ipv6, macAddress } = open([{ subnet: 'fd00:9::/64' }]).take({ network: 'shop' });
  assert.deepEqual([ipv4, ipv6?.address, macAddress], [undefined, 'fd00:9::2', '02:42:00:00:00:02']);
});

test('endpoints of an internal network are told no gateway', () => {
  const { ipv4, ipv6 } = open(both, true).take({ network: 'shop' });
  assert.deepEqual([ipv4?.gateway, ipv6?.gateway], ['', '']);
});

test('the router is another one when the reserved addresses name it by Docker’s words', () => {
  const auxiliary = { DefaultGatewayIPv4: '10.9.0.254' };
  const { ipv4 } = open([{ subnet: '10.9.0.0/24', auxiliary }]).take({ network: 'shop' });
  assert.equal(ipv4?.gateway, '10.9.0.254');
});

test('the next subnet of a family is used when the first is full, and take() fails when all are', () => {
  const addresses = open([{ subnet: '10.9.0.0/30' }, { subnet: '10.10.0.0/30' }]);
  const taken = [1, 2].map(() => addresses.take({ network: 'shop' }));
  assert.deepEqual(
    taken.map(({ ipv4 }) => ipv4),
    [
      { address: '10.9.0.2', prefixLength: 30, gateway: '10.9.0.1' },
      { address: '10.10.0.2', prefixLength: 30, gateway: '10.10.0.1' },
    ],
  );
  assert.throws(() => addresses.take({ network: 'shop' }), {
    message: "no available IPv4 addresses on this network's address pools: shop (f00)",
  });
});

test('take() that fails in one family holds nothing in the other', () => {
  const addresses = open(both);
  addresses.take({ network: 'shop', ipv6Address: 'fd00:9::9' });
  const before = addresses.usage();
  const again = { network: 'shop', ipv4Address: '10.9.0.77', ipv6Address: 'fd00:9::9' };
  assert.throws(() => addresses.take(again), { message: 'Address already in use' });
  assert.deepEqual(addresses.usage(), before);
});

test('takeOver() holds what a live endpoint has, and release() gives it back', () => {
  const addresses = open(both);
  const fresh = addresses.usage();
  const endpoint = {
    ipv4: { address: '10.9.0.8', prefixLength: 24, gateway: '' },
    ipv6: { address: 'fd00:9::8', prefixLength: 64, gateway: '' },
  };
  addresses.takeOver(endpoint);
  assert.throws(() => addresses.take({ network: 'shop', ipv4Address: '10.9.0.8' }), /already in use/);
  assert.equal(addresses.usage().get('fd00:9::/64')?.inUse, 3n);
  addresses.release(endpoint);
  assert.deepEqual(addresses.usage(), fresh);
});
