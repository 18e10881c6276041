import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PoolRequest } from '../types.ts';
import { parseSubnet } from './address.ts';
import { type PoolWishes, planPools } from './plan-pools.ts';

function plan(requests: readonly PoolRequest[], wishes: Partial<PoolWishes> = {}) {
  const free = { 4: '172.18.0.0/16', 6: 'fd00:18::/64' };
  return planPools({
    requests,
    families: [4],
    gatewayless: [],
    used: [],
    choose: (family) => parseSubnet(free[family]),
    ...wishes,
  });
}

const chosen = { impliedGateway: false, range: undefined, configured: false, auxiliary: {} };

test('planPools() chooses a subnet for each family that the request names none of', () => {
  assert.deepEqual(plan([], { families: [4, 6] }), [
    { family: 4, subnet: '172.18.0.0/16', gateway: '172.18.0.1', ...chosen },
    { family: 6, subnet: 'fd00:18::/64', gateway: 'fd00:18::1', ...chosen },
  ]);
  const mixed = plan([{ subnet: 'fd00:9::/64', gateway: 'fd00:9::9' }], { families: [4, 6] });
  assert.deepEqual(
    mixed.map(({ subnet, gateway, configured }) => [subnet, gateway, configured]),
    [
      ['fd00:9::/64', 'fd00:9::9', true],
      ['172.18.0.0/16', '172.18.0.1', false],
    ],
  );
});

test('planPools() takes the gateway from the range, and tells one that nobody asked for', () => {
  const [pool] = plan([{ subnet: '10.91.0.0/16', range: '10.91.5.0/24' }]);
  assert.deepEqual([pool?.gateway, pool?.impliedGateway], ['10.91.5.0', true]);
});

test('planPools() gives several subnets of one family, and leaves out those of a family that is off', () => {
  const requests = [{ subnet: '10.91.0.0/24' }, { subnet: 'fd00:9::/64' }, { subnet: '10.92.0.0/24' }];
  assert.deepEqual(
    plan(requests).map(({ subnet }) => subnet),
    ['10.91.0.0/24', '10.92.0.0/24'],
  );
});

test('planPools() leaves the gateway away where the host is to have no address, unless one is asked for', () => {
  assert.equal(plan([], { gatewayless: [4] })[0]?.gateway, undefined);
  const asked = plan([{ subnet: '10.91.0.0/24', gateway: '10.91.0.3' }], { gatewayless: [4] });
  assert.equal(asked[0]?.gateway, '10.91.0.3');
});

const subnet = '10.91.0.0/24';
const overlap = 'invalid pool request: Pool overlaps with other one on this address space';
const inUse = 'Address already in use';
const refusals: readonly (readonly [readonly PoolRequest[], string])[] = [
  [[{ subnet: '10.20.4.0/24' }], overlap],
  [[{ subnet }, { subnet: '10.91.0.0/25' }], overlap],
  [[{ subnet, gateway: '10.91.0.0' }], `failed to allocate gateway (10.91.0.0): ${inUse}`],
  [[{ subnet, gateway: '10.91.0.255' }], `failed to allocate gateway (10.91.0.255): ${inUse}`],
  [
    [{ subnet, auxiliary: { a: '10.91.0.1' } }],
    `failed to allocate secondary ip address (a:10.91.0.1): ${inUse}`,
  ],
  [
    [{ subnet, auxiliary: { a: '10.91.0.7', b: '10.91.0.7' } }],
    `failed to allocate secondary ip address (b:10.91.0.7): ${inUse}`,
  ],
];
for (const [requests, message] of refusals) {
  test(`planPools() refuses ${JSON.stringify(requests)}`, () => {
    assert.throws(() => plan(requests, { used: [parseSubnet('10.20.0.0/16')] }), { message });
  });
}
