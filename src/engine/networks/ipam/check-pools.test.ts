import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PoolRequest } from '../types.ts';
import { checkPools } from './check-pools.ts';

const subnet = '10.91.0.0/16';
const inside = "parent subnet 10.91.0.0/16 doesn't contain";

const refusals: readonly (readonly [PoolRequest, string])[] = [
  [{}, 'invalid subnet : invalid CIDR block notation'],
  [{ gateway: '10.91.0.1' }, 'invalid subnet : invalid CIDR block notation'],
  [{ subnet: '10.91.0.0' }, 'invalid subnet 10.91.0.0: invalid CIDR block notation'],
  [{ subnet: '10.91.0.0/33' }, 'invalid subnet 10.91.0.0/33: invalid CIDR block notation'],
  [{ subnet: '10.91.0.1/24' }, 'invalid subnet 10.91.0.1/24: it should be 10.91.0.0/24'],
  [{ subnet: 'fd00:1::1/64' }, 'invalid subnet fd00:1::1/64: it should be fd00:1::/64'],
  [{ subnet: '127.0.0.0/24' }, 'invalid subnet 127.0.0.0/24: it has addresses that no host can have'],
  [{ subnet: '::/0' }, 'invalid subnet ::/0: it has addresses that no host can have'],
  [{ subnet, gateway: 'x' }, 'invalid gateway x: invalid address'],
  [{ subnet, gateway: '10.92.0.1' }, `invalid gateway 10.92.0.1: ${inside} this address`],
  [{ subnet, gateway: 'fd00::1' }, 'invalid gateway fd00::1: parent subnet is an IPv4 block'],
  [{ subnet: 'fd00::/64', gateway: '10.0.0.1' }, 'invalid gateway 10.0.0.1: parent subnet is an IPv6 block'],
  [{ subnet, range: '10.92.0.0/24' }, `invalid ip-range 10.92.0.0/24: ${inside} ip-range`],
  [{ subnet, range: 'fd00::/64' }, 'invalid ip-range fd00::/64: parent subnet is an IPv4 block'],
  [{ subnet, range: '10.91.5.1/24' }, 'invalid ip-range 10.91.5.1/24: it should be 10.91.5.0/24'],
  [
    { subnet, range: '10.91.0.0/8' },
    '* invalid ip-range 10.91.0.0/8: CIDR block is bigger than its parent subnet 10.91.0.0/16\n* invalid ip-range 10.91.0.0/8: it should be 10.0.0.0/8',
  ],
  [{ subnet, auxiliary: { a: 'x' } }, 'invalid auxiliary address a: invalid address'],
  [{ subnet, auxiliary: { a: '10.92.0.5' } }, `invalid auxiliary address a: ${inside} this address`],
];
for (const [request, text] of refusals) {
  test(`checkPools() refuses ${JSON.stringify(request)}`, () => {
    assert.throws(() => checkPools([request]), { message: `invalid network config:\n${text}` });
  });
}

test('checkPools() refuses more subnets than any network needs', () => {
  const requests = Array.from({ length: 65 }, (_, place) => ({ subnet: `10.${place}.0.0/16` }));
  checkPools(requests.slice(1));
  assert.throws(() => checkPools(requests), { message: "a network can't have 65 subnets: at most 64" });
});

test('checkPools() names all that is wrong at once', () => {
  const requests = [{ subnet: '10.91.0.1/24' }, { subnet: '10.92.0.0/24', gateway: 'x' }];
  const lines = [
    '* invalid subnet 10.91.0.1/24: it should be 10.91.0.0/24',
    '* invalid gateway x: invalid address',
  ];
  assert.throws(() => checkPools(requests), { message: `invalid network config:\n${lines.join('\n')}` });
});
