import assert from 'node:assert/strict';
import { test } from 'node:test';
import { forgetConnection, listConnections } from './connections.ts';
import { attribute, encodeMessages, type NetlinkMessage, u8, u16be } from './message.ts';
import type { NetlinkSocket } from './socket.ts';

/** A socket that is answered these bodies and remembers what it was asked. */
function fakeSocket(bodies: readonly Uint8Array[]) {
  const asked: (readonly NetlinkMessage[])[] = [];
  const socket: NetlinkSocket = {
    port: 1,
    request(messages) {
      asked.push(messages);
      return [...bodies];
    },
    [Symbol.dispose]: () => undefined,
  };
  return { socket, asked };
}

const tuple = (type: number, ends: { from: number[]; to: number[]; ports: readonly [number, number] }) =>
  attribute(type, [
    attribute(1, [attribute(1, Uint8Array.from(ends.from)), attribute(2, Uint8Array.from(ends.to))]),
    attribute(2, [
      attribute(1, u8(6)),
      attribute(2, u16be(ends.ports[0])),
      attribute(3, u16be(ends.ports[1])),
    ]),
  ]);

const original = tuple(1, { from: [192, 0, 2, 2], to: [192, 0, 2, 1], ports: [40000, 8080] });
const reply = tuple(2, { from: [10, 0, 0, 2], to: [192, 0, 2, 2], ports: [80, 40000] });
const state = attribute(4, [attribute(1, [attribute(1, u8(3))])]);
const netlinkHeaderLength = 16;
const body = (attributes: readonly ReturnType<typeof attribute>[]) =>
  encodeMessages([{ type: 0, flags: 0, header: Uint8Array.of(2, 0, 0, 0), attributes }]).subarray(
    netlinkHeaderLength,
  );

test('listConnections() tells who was called, who answers and how far they are', () => {
  const { socket } = fakeSocket([body([original, reply, state])]);
  const [connection] = listConnections(socket, 4);
  assert.deepEqual(
    { ...connection, tuple: undefined },
    {
      family: 4,
      protocol: 6,
      state: 'established',
      called: { address: Uint8Array.of(192, 0, 2, 1), port: 8080 },
      answering: { address: Uint8Array.of(10, 0, 0, 2), port: 80 },
      tuple: undefined,
    },
  );
});

test('listConnections() passes over what has no two ends, and knows no state but of TCP', () => {
  const { socket } = fakeSocket([body([original]), body([]), body([original, reply])]);
  assert.deepEqual(
    listConnections(socket, 4).map((connection) => connection.state),
    [undefined],
  );
});

test('forgetConnection() names a connection by the bytes that it came with', () => {
  const { socket, asked } = fakeSocket([body([original, reply])]);
  const [connection] = listConnections(socket, 4);
  assert.ok(connection);
  forgetConnection(socket, connection);
  const [message] = asked.at(-1) ?? [];
  assert.equal(message?.type, 0x102);
  const encoded = encodeMessages([{ type: 0, flags: 0, header: new Uint8Array(), attributes: [original] }]);
  const sent = encodeMessages([
    { type: 0, flags: 0, header: new Uint8Array(), attributes: message?.attributes ?? [] },
  ]);
  assert.deepEqual(sent, encoded);
});
