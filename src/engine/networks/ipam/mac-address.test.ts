import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from './address.ts';
import { linkLocalOf, macOfAddress, parseMac, randomMac } from './mac-address.ts';

test('macOfAddress() is made of the last four bytes', () => {
  assert.equal(macOfAddress(parseAddress('172.17.0.2')), '02:42:ac:11:00:02');
  assert.equal(macOfAddress(parseAddress('fd00::abcd:1')), '02:42:ab:cd:00:01');
});

test('linkLocalOf() is the modified EUI-64 of the address', () => {
  assert.equal(linkLocalOf('02:42:ac:11:00:02'), 'fe80::42:acff:fe11:2');
  assert.equal(linkLocalOf('12:34:56:78:9a:bc'), 'fe80::1034:56ff:fe78:9abc');
});

test('parseMac() takes both separators, in lower case, and nothing else', () => {
  assert.equal(parseMac('02-42-AC-11-00-02'), '02:42:ac:11:00:02');
  assert.match(randomMac(), /^02:42(:[0-9a-f]{2}){4}$/);
  for (const text of ['', '02:42:ac:11:00', '02:42:ac:11:00:0g', '0242.ac11.0002', '02:42:ac:11:00:02:00']) {
    assert.throws(() => parseMac(text), /^EngineError: invalid MAC address/, text);
  }
});
