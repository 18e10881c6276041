import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatSubnet, parseSubnet } from './address.ts';
import { chooseSubnet, completePools, localIpv6Pool } from './subnet-choice.ts';

const standard = completePools([], 'engine');
const choose = (family: 4 | 6, used: readonly string[], pools = standard) =>
  formatSubnet(chooseSubnet(family, used.map(parseSubnet), pools));

test("chooseSubnet() walks through Docker's default pools", () => {
  const used = Array.from({ length: 15 }, (_, place) => `172.${17 + place}.0.0/16`);
  assert.equal(choose(4, []), '172.17.0.0/16');
  assert.equal(choose(4, used), '192.168.0.0/20');
  assert.equal(choose(4, ['172.16.0.0/12', '192.168.0.0/16']), '10.160.0.0/20');
  assert.throws(
    () => choose(4, ['0.0.0.0/0']),
    /^EngineError: all predefined address pools have been fully subnetted$/,
  );
});

test('chooseSubnet() walks through the pools that it is given', () => {
  const pools = [
    { base: '10.9.0.0/23', size: 24 },
    { base: '10.20.0.0/16', size: 16 },
    { base: 'fd00:9::/60', size: 64 },
  ];
  const used = ['10.9.0.0/25', '10.9.1.0/24', 'fd00:9::/64'];
  assert.equal(choose(4, [], pools), '10.9.0.0/24');
  assert.equal(choose(4, used.slice(0, 1), pools), '10.9.1.0/24');
  assert.equal(choose(4, used, pools), '10.20.0.0/16');
  assert.equal(choose(6, used, pools), 'fd00:9:0:1::/64');
});

test('chooseSubnet() goes past a large used subnet without trying what is in it', () => {
  const pools = [{ base: 'fd00::/8', size: 64 }];
  assert.equal(choose(6, ['fd00::/16', 'fd01::/17', 'fd01:8000::/64'], pools), 'fd01:8000:0:1::/64');
  assert.throws(() => choose(6, ['fd00::/8'], pools), /fully subnetted$/);
});

test('chooseSubnet() finds the gap between used subnets of all sizes, whatever their order', () => {
  const pools = [{ base: '10.0.0.0/16', size: 24 }];
  const used = ['10.0.3.128/25', '10.0.0.0/23', '10.0.0.7/32', '10.0.2.0/24', '10.0.5.0/24', '172.17.0.0/16'];
  assert.equal(choose(4, used, pools), '10.0.4.0/24');
  assert.equal(choose(4, [...used, '10.0.4.1/32'], pools), '10.0.6.0/24');
  assert.equal(choose(4, used.slice(4), pools), '10.0.0.0/24');
});

test('completePools() refuses what is no pool', () => {
  const complete = (base: string, size: number) => () => completePools([{ base, size }], 'engine');
  assert.throws(complete('10.9.0.0/24', 16), /10\.9\.0\.0\/24 has no subnets of size 16$/);
  assert.throws(complete('10.9.0.0/24', 31), /has no subnets of size 31$/);
  assert.throws(complete('fd00::/48', 127), /has no subnets of size 127$/);
  assert.throws(complete('10.9.0.0', 24), /invalid CIDR address: 10\.9\.0\.0$/);
});

test('completePools() adds unique local addresses that stay the same for an engine', () => {
  const { base } = localIpv6Pool('engine');
  assert.match(base, /^fd[0-9a-f]{2}:[0-9a-f]{4}:[0-9a-f]{4}::\/48$/);
  assert.equal(choose(6, []), formatSubnet({ ...parseSubnet(base), prefixLength: 64 }));
  assert.notEqual(localIpv6Pool('other').base, base);
  const own = { base: 'fd00:9::/60', size: 64 };
  assert.deepEqual(
    completePools([own], 'engine').filter((pool) => pool.base.includes(':')),
    [own],
  );
});
