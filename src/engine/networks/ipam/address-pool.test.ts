import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Address, formatAddress, parseAddress, parseSubnet } from './address.ts';
import { AddressPool } from './address-pool.ts';

function pool(subnet: string, gateway: string, range?: string): AddressPool {
  return new AddressPool({
    subnet: parseSubnet(subnet),
    range: range === undefined ? undefined : parseSubnet(range),
    reserved: [parseAddress(gateway)],
  });
}

const text = (address: Address | undefined) => address && formatAddress(address);

test('an address pool does not give an address that was just released', () => {
  const addresses = pool('10.0.0.0/29', '10.0.0.1');
  assert.equal(text(addresses.take()), '10.0.0.2');
  addresses.release(parseAddress('10.0.0.2'));
  assert.equal(text(addresses.take()), '10.0.0.3');
});

test('an address pool ends before the broadcast address and starts again with what is free', () => {
  const addresses = pool('10.0.0.0/29', '10.0.0.1');
  const taken = [1, 2, 3, 4, 5].map(() => text(addresses.take()));
  assert.equal(taken.at(-1), '10.0.0.6');
  assert.equal(addresses.take(), undefined);
  addresses.release(parseAddress('10.0.0.3'));
  assert.equal(text(addresses.take()), '10.0.0.3');
});

test('an address pool takes from its range but lets any address of the subnet be wished', () => {
  const addresses = pool('10.0.0.0/16', '10.0.0.1', '10.0.5.0/24');
  assert.equal(text(addresses.take()), '10.0.5.0');
  addresses.takeExactly(parseAddress('10.0.9.9'));
  assert.throws(() => addresses.takeExactly(parseAddress('10.0.9.9')), /Address already in use/);
  assert.throws(
    () => addresses.takeExactly(parseAddress('10.1.0.1')),
    /does not belong to any of this network's subnets/,
  );
});

test('an address pool of IPv6 is as large as its subnet', () => {
  const addresses = pool('fd00::/64', 'fd00::1');
  assert.equal(text(addresses.take()), 'fd00::2');
  assert.deepEqual(addresses.usage(), { inUse: 3n, available: 2n ** 64n - 3n });
});

test('usage() counts what is reserved, and what the range has left', () => {
  const addresses = pool('10.0.0.0/24', '10.0.0.1', '10.0.0.128/25');
  addresses.take();
  addresses.takeExactly(parseAddress('10.0.0.9'));
  assert.deepEqual(addresses.usage(), { inUse: 5n, available: 126n });
});

test('an address pool of two addresses gives both but for the gateway', () => {
  const addresses = pool('10.0.0.0/31', '10.0.0.0');
  assert.equal(text(addresses.take()), '10.0.0.1');
  assert.equal(addresses.take(), undefined);
});
