import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFamilies } from './families.ts';
import type { CreateNetworkRequest } from './types.ts';

const key = 'com.docker.network.enable_ipv';

const cases: readonly (readonly [Partial<CreateNetworkRequest>, readonly number[]])[] = [
  [{}, [4, 6]],
  [{ ipv6: false }, [4]],
  [{ ipv4: false }, [6]],
  [{ pools: [{ subnet: '10.0.0.0/24' }] }, [4]],
  [{ pools: [{ subnet: 'fd00::/64' }] }, [4, 6]],
  [{ pools: [{ subnet: 'fd00::/64' }], ipv6: false }, [4]],
  [{ pools: [{ subnet: '10.0.0.0/24' }], ipv6: true }, [4, 6]],
  [{ options: { [`${key}6`]: 'false' } }, [4]],
  [{ options: { [`${key}4`]: '0' } }, [6]],
  [{ options: { [`${key}6`]: 'false' }, ipv6: true }, [4, 6]],
];
for (const [request, families] of cases) {
  test(`chooseFamilies() gives [${families}] for ${JSON.stringify(request)}`, () => {
    assert.deepEqual(chooseFamilies({ name: 'shop', ...request }, { ipv6: true }), families);
  });
}

test('chooseFamilies() gives IPv4 alone where IPv6 is not to be had unasked', () => {
  assert.deepEqual(chooseFamilies({ name: 'shop' }, { ipv6: false }), [4]);
  assert.deepEqual(chooseFamilies({ name: 'shop', ipv6: true }, { ipv6: false }), [4, 6]);
});

test('chooseFamilies() refuses a network of none, and options that are no truth values', () => {
  const none = { name: 'shop', ipv4: false, ipv6: false };
  assert.throws(() => chooseFamilies(none, { ipv6: true }), { message: 'IPv4 or IPv6 must be enabled' });
  const option = { name: 'shop', options: { [`${key}6`]: 'x' } };
  assert.throws(() => chooseFamilies(option, { ipv6: true }), {
    message: 'driver-opt "com.docker.network.enable_ipv6" is not a valid bool',
  });
});
