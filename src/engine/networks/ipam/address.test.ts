import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addressBytes,
  addressOf,
  formatAddress,
  formatSubnet,
  lastAddress,
  overlaps,
  parseAddress,
  parseSubnet,
  tryParseAddress,
} from './address.ts';

test('parseSubnet() cuts the bits after the prefix', () => {
  assert.equal(formatSubnet(parseSubnet('192.168.77.9/20')), '192.168.64.0/20');
  assert.deepEqual(lastAddress(parseSubnet('10.0.0.0/30')), parseAddress('10.0.0.3'));
  assert.equal(formatSubnet(parseSubnet('fd00:1:2:3:4::9/64')), 'fd00:1:2:3::/64');
  assert.equal(formatAddress(lastAddress(parseSubnet('fd00::/126'))), 'fd00::3');
});

for (const text of [
  '10.0.0.0',
  '10.0.0.0/',
  '10.0.0.0/33',
  '10.0.0.0/8/8',
  'fd00::/129',
  'fd00::/-1',
  '/8',
  'x/8',
]) {
  test(`parseSubnet() refuses ${text}`, () => {
    assert.throws(() => parseSubnet(text), { message: `invalid CIDR address: ${text}` });
  });
}

for (const text of [
  '',
  '1.2.3',
  '1.2.3.256',
  '1.2.3.4.5',
  ' 1.2.3.4',
  ':',
  'fe80::1%eth0',
  '1::2::3',
  '12345::',
]) {
  test(`tryParseAddress() refuses ${JSON.stringify(text)}`, () => {
    assert.equal(tryParseAddress(text), undefined);
  });
}

for (const [text, canonical] of [
  ['0.0.0.0', '0.0.0.0'],
  ['::', '::'],
  ['::1', '::1'],
  ['FD00:0:0:1::', 'fd00:0:0:1::'],
  ['1:0:0:2:0:0:0:3', '1:0:0:2::3'],
  ['1:0:2:0:3:0:4:0', '1:0:2:0:3:0:4:0'],
  ['10:0:0:5:5:5:5:5', '10::5:5:5:5:5'],
  ['::ffff:1.2.3.4', '::ffff:102:304'],
  ['1:2:3:4:5:6:7:8', '1:2:3:4:5:6:7:8'],
] as const) {
  test(`formatAddress() writes ${text} as ${canonical}`, () => {
    assert.equal(formatAddress(parseAddress(text)), canonical);
    assert.deepEqual(addressOf(addressBytes(text)), parseAddress(text));
  });
}

test('overlaps() is true for a subnet inside another and false for neighbours and the other family', () => {
  assert.equal(overlaps(parseSubnet('10.0.0.0/8'), parseSubnet('10.200.0.0/16')), true);
  assert.equal(overlaps(parseSubnet('fd00:1::/64'), parseSubnet('fd00::/16')), true);
  assert.equal(overlaps(parseSubnet('10.0.0.0/24'), parseSubnet('10.0.1.0/24')), false);
  assert.equal(overlaps(parseSubnet('::/0'), parseSubnet('10.0.1.0/24')), false);
});

test('addressBytes() lays out both families', () => {
  assert.deepEqual([...addressBytes('127.0.0.1')], [127, 0, 0, 1]);
  assert.deepEqual([...addressBytes('::')], new Array(16).fill(0));
  assert.equal(Buffer.from(addressBytes('fe80::1:2')).toString('hex'), 'fe800000000000000000000000010002');
});

test('an address that is read, written and read again is the same, and written as a URL has it', () => {
  for (let i = 0; i < 2000; i++) {
    // Many zeros, so that runs of them come in all lengths and places.
    const groups = Array.from({ length: 8 }, () =>
      Math.random() < 0.5 ? 0 : Math.floor(Math.random() * 65_536),
    );
    const text = formatAddress(parseAddress(groups.map((group) => group.toString(16)).join(':')));
    assert.equal(`[${text}]`, new URL(`http://[${text}]/`).hostname);
    assert.deepEqual([...new Uint16Array(addressBytes(text).slice().reverse().buffer)].reverse(), groups);
  }
});

test('texts that are no address are refused as such, whatever is in them', () => {
  const letters = '0123456789abcdef:./%- \u00e9x';
  for (let i = 0; i < 5000; i++) {
    const length = Math.floor(Math.random() * 24);
    const text = Array.from({ length }, () => letters[Math.floor(Math.random() * letters.length)]).join('');
    const address = tryParseAddress(text);
    if (address === undefined)
      assert.throws(() => parseSubnet(`${text}/8`), /^EngineError: invalid CIDR address/);
    else assert.deepEqual(parseAddress(formatAddress(address)), address);
  }
});
