import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressBehind } from './client-address.ts';

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
