import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBehind, networkOf } from './client-address.ts';

function addressOf(proxies: readonly string[], remoteAddress: string | undefined, forwarded?: string) {
  const headers = new Map(forwarded === undefined ? [] : [['x-forwarded-for', forwarded] as const]);
  return addressBehind(proxies)({ remoteAddress, headers });
}

test('who is no trusted proxy can’t say that he is elsewhere', () => {
  assert.equal(addressOf([], '10.0.0.1', '10.9.9.9'), '10.0.0.1');
  assert.equal(addressOf(['10.0.0.2'], '10.0.0.1', '10.9.9.9'), '10.0.0.1');
  assert.equal(addressOf(['10.0.0.2'], undefined, '10.9.9.9'), undefined);
});

test('of a trusted proxy the entry counts that it has written itself, the last one', () => {
  assert.equal(addressOf(['10.0.0.2'], '10.0.0.2', '10.9.9.9'), '10.9.9.9');
  assert.equal(addressOf(['10.0.0.2'], '10.0.0.2', '10.6.6.6, 10.9.9.9'), '10.9.9.9');
  assert.equal(addressOf(['10.0.0.2'], '::ffff:10.0.0.2', 'fd00::1'), 'fd00::1');
});

test('what is no address is not believed', () => {
  for (const forwarded of [undefined, '', 'host', '10.9.9.9,', '10.9.9.9:80']) {
    assert.equal(addressOf(['10.0.0.2'], '10.0.0.2', forwarded), '10.0.0.2', forwarded);
  }
});

test('networkOf() tells neighbours in IPv6 as one, and everybody else apart', () => {
  const same = ['2001:db8:0:7::1', '2001:DB8::7:ffff:1:2:3', '2001:0db8:0000:0007:1:2:3:4'];
  for (const address of same) assert.equal(networkOf(address), '2001:db8:0:7::/64', address);
  assert.equal(networkOf('2001:db8::8:0:0:0:1'), '2001:db8:0:8::/64');
  assert.equal(networkOf('::1'), '0:0:0:0::/64');
  assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
  for (const address of ['192.0.2.1', '::ffff:192.0.2.1']) assert.equal(networkOf(address), '192.0.2.1');
  assert.equal(networkOf(''), '');
});
