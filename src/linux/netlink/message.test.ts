import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decodeLink } from './link.ts';
import {
  attribute,
  decodeAttributes,
  decodeMessages,
  decodeText,
  encodeMessages,
  payloadOffset,
  text,
  u8,
  u32,
} from './message.ts';
import { addMap, deleteElements, transaction } from './nftables.ts';
import { createVeth, macBytes, namespaceOfProcess, setDefaultRoute } from './route/index.ts';

const message = (attributes: Parameters<typeof attribute>[1]) => ({
  type: 16,
  flags: 5,
  header: u32(7),
  attributes: attributes as ReturnType<typeof attribute>[],
});

test('encodeMessages() numbers messages and pads attributes to four bytes', () => {
  const bytes = encodeMessages([message([attribute(3, u8(9))]), message([])], 41);
  assert.equal(
    Buffer.from(bytes).toString('hex'),
    ['1c000000 1000 0500 29000000 00000000', '07000000', '0500 0300 09000000']
      .concat(['14000000 1000 0500 2a000000 00000000', '07000000'])
      .join('')
      .replaceAll(' ', ''),
  );
});

test('decodeMessages() and decodeAttributes() read what was encoded', () => {
  const inner = attribute(1, text('veth'));
  const [decoded, rest] = decodeMessages(encodeMessages([message([attribute(18, [inner])])]));
  assert.equal(rest, undefined);
  assert.equal(decoded?.sequence, 1);
  const outer = decodeAttributes(decoded?.body.subarray(4) ?? new Uint8Array()).get(18);
  assert.equal(decodeText(decodeAttributes(outer ?? new Uint8Array()).get(1)), 'veth');
});

test('decodeMessages() stops at a length that can not be', () => {
  const bytes = encodeMessages([message([]), message([])]);
  new DataView(bytes.buffer).setUint32(20, 4, true);
  assert.equal(decodeMessages(bytes).length, 1);
});

test('payloadOffset() finds the place of the pid in a veth message', () => {
  const namespace = namespaceOfProcess(0);
  const peer = { name: 'eth0', index: 16, macAddress: '02:42:ac:11:00:02', namespace };
  const veth = createVeth({ name: 'veth1', index: 99, master: 3, mtu: 1500, peer });
  const bytes = encodeMessages([veth]);
  const offset = payloadOffset(veth, namespace);
  const header = new DataView(bytes.buffer, offset - 4);
  assert.deepEqual(
    [header.getUint16(0, true), header.getUint16(2, true), header.getUint32(4, true)],
    [8, 19, 0],
  );
});

test('payloadOffset() fails for an attribute of another message', () => {
  assert.throws(() => payloadOffset(message([]), attribute(1, u8(0))), /not part of the message/);
});

const table = { family: 4, name: 't' } as const;

test('transaction() asks for the acknowledgement of the last message only', () => {
  const map = { table, name: 'm', id: 1, key: ['protocol', 'port'], data: ['address'] } as const;
  const flags = transaction([addMap(map), addMap(map)]).map((one) => one.flags & 4);
  assert.deepEqual(flags, [0, 0, 4, 0]);
});

test('deleteElements() divides a list that would not fit an attribute', () => {
  const elements = Array.from({ length: 1001 }, () => ({ key: [u32(1)], data: [u32(2)] }));
  assert.equal(deleteElements(table, 'm', elements).length, 3);
});

test('setDefaultRoute() is a unicast route of the main table for no prefix', () => {
  assert.deepEqual(
    [...setDefaultRoute(Uint8Array.of(10, 0, 0, 1), 16).header],
    [2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0],
  );
});

test('decodeLink() reads a link message', () => {
  const header = new Uint8Array(16);
  new DataView(header.buffer).setInt32(4, 12, true);
  header[8] = 1;
  const encoded = encodeMessages([
    {
      type: 16,
      flags: 0,
      header,
      attributes: [
        attribute(1, macBytes('02:42:00:00:00:09')),
        attribute(3, text('wharf0')),
        attribute(4, u32(1500)),
        attribute(18, [attribute(1, text('bridge'))]),
      ],
    },
  ]);
  assert.deepEqual(decodeLink(encoded.subarray(16)), {
    index: 12,
    name: 'wharf0',
    up: true,
    mtu: 1500,
    macAddress: '02:42:00:00:00:09',
    master: 0,
    kind: 'bridge',
    alias: '',
  });
});
