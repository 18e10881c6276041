import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatSubnet,
  lastAddress,
  overlaps,
  parseAddress,
  parseSubnet,
  tryParseAddress,
} from './address.ts';
import { addressBytes } from './address-bytes.ts';
import { AddressPool } from './address-pool.ts';
import { chooseSubnet, routedSubnets } from './subnet-choice.ts';

test('parseSubnet() cuts the bits after the prefix', () => {
  assert.equal(formatSubnet(parseSubnet('192.168.77.9/20')), '192.168.64.0/20');
  assert.equal(lastAddress(parseSubnet('10.0.0.0/30')), parseAddress('10.0.0.3'));
});

for (const text of ['', '1.2.3', '1.2.3.256', '1.2.3.4.5', ' 1.2.3.4', '::1']) {
  test(`tryParseAddress() refuses ${JSON.stringify(text)}`, () => {
    assert.equal(tryParseAddress(text), undefined);
  });
}

test('overlaps() is true for a subnet inside another and false for neighbours', () => {
  assert.equal(overlaps(parseSubnet('10.0.0.0/8'), parseSubnet('10.200.0.0/16')), true);
  assert.equal(overlaps(parseSubnet('10.0.0.0/24'), parseSubnet('10.0.1.0/24')), false);
});

test('addressBytes() lays out both families', () => {
  assert.deepEqual([...addressBytes('127.0.0.1')], [127, 0, 0, 1]);
  assert.deepEqual([...addressBytes('::')], new Array(16).fill(0));
  assert.equal(Buffer.from(addressBytes('fe80::1:2')).toString('hex'), 'fe800000000000000000000000010002');
  assert.equal(
    Buffer.from(addressBytes('::ffff:1.2.3.4')).toString('hex'),
    '00000000000000000000ffff01020304',
  );
});

test('an address pool does not give an address that was just released', () => {
  const pool = new AddressPool(parseSubnet('10.0.0.0/29'), parseAddress('10.0.0.1'));
  const first = pool.take();
  pool.release(first);
  assert.equal(first, parseAddress('10.0.0.2'));
  assert.equal(pool.take(), parseAddress('10.0.0.3'));
});

test('an address pool ends before the broadcast address and starts again with what is free', () => {
  const pool = new AddressPool(parseSubnet('10.0.0.0/29'), parseAddress('10.0.0.1'));
  const taken = [1, 2, 3, 4, 5].map(() => pool.take());
  assert.throws(() => pool.take(), /no available IPv4 addresses/);
  pool.release(taken[1] ?? 0);
  assert.equal(pool.take(), parseAddress('10.0.0.3'));
});

test('an address pool takes from its range but lets any address of the subnet be wished', () => {
  const subnet = parseSubnet('10.0.0.0/16');
  const pool = new AddressPool(subnet, parseAddress('10.0.0.1'), parseSubnet('10.0.5.0/24'));
  assert.equal(pool.take(), parseAddress('10.0.5.0'));
  pool.takeExactly(parseAddress('10.0.9.9'));
  assert.throws(() => pool.takeExactly(parseAddress('10.0.9.9')), /Address already in use/);
  assert.throws(
    () => pool.takeExactly(parseAddress('10.1.0.1')),
    /does not belong to any of this network's subnets/,
  );
});

test("chooseSubnet() walks through Docker's default pools", () => {
  const used = Array.from({ length: 15 }, (_, place) => parseSubnet(`172.${17 + place}.0.0/16`));
  assert.equal(formatSubnet(chooseSubnet([])), '172.17.0.0/16');
  assert.equal(formatSubnet(chooseSubnet(used)), '192.168.0.0/20');
  assert.throws(() => chooseSubnet([parseSubnet('0.0.0.0/0')]), /fully subnetted/);
});

test('chooseSubnet() walks through the pools that it is given', () => {
  const pools = [
    { base: '10.9.0.0/23', size: 24 },
    { base: '10.20.0.0/16', size: 16 },
  ];
  const used = ['10.9.0.0/25', '10.9.1.0/24'].map(parseSubnet);
  assert.equal(formatSubnet(chooseSubnet([], pools)), '10.9.0.0/24');
  assert.equal(formatSubnet(chooseSubnet(used.slice(0, 1), pools)), '10.9.1.0/24');
  assert.equal(formatSubnet(chooseSubnet(used, pools)), '10.20.0.0/16');
  assert.throws(() => chooseSubnet([], [{ base: '10.9.0.0/24', size: 16 }]), /has no subnets of size 16/);
});

test('routedSubnets() reads the routing table without the default route and one device', () => {
  const table = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0',
    'eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'wharf0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    '',
  ].join('\n');
  assert.deepEqual(routedSubnets(table, 'wharf0').map(formatSubnet), ['172.17.0.0/16']);
});
