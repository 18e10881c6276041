import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeFrame, FrameError, type FrameEvent, FrameReader, opcode } from './frame-reader.ts';
import { type ClientFrame, clientFrame } from './testing/client-frame.ts';

/** All that a reader sees in bytes that come in pieces. */
function read(bytes: Buffer, size: number): FrameEvent[] {
  const reader = new FrameReader();
  const events: FrameEvent[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    reader.push(bytes.subarray(at, at + size));
    for (let event = reader.next(); event !== undefined; event = reader.next()) events.push(event);
  }
  return events;
}

const textOf = (events: readonly FrameEvent[], kind: FrameEvent['kind']) =>
  Buffer.concat(events.filter((event) => event.kind === kind).map(({ bytes }) => bytes)).toString();

for (const size of [1, 2, 7, 70_000]) {
  test(`FrameReader does not mind pieces of ${size}`, () => {
    const long = 'x'.repeat(65_536);
    const bytes = Buffer.concat([
      clientFrame({ code: opcode.text, payload: 'one ', more: true }),
      clientFrame({ code: opcode.ping, payload: 'there?' }),
      clientFrame({ code: opcode.continuation, payload: 'two ' }),
      clientFrame({ code: opcode.binary, payload: '' }),
      clientFrame({ code: opcode.binary, payload: 'y'.repeat(300) }),
      clientFrame({ code: opcode.binary, payload: long }),
      clientFrame({ code: opcode.close, payload: Buffer.from([3, 232]) }),
    ]);
    const events = read(bytes, size);
    assert.equal(textOf(events, 'data'), `one two ${'y'.repeat(300)}${long}`);
    assert.equal(textOf(events, 'ping'), 'there?');
    assert.deepEqual(events.at(-1), { kind: 'close', bytes: Buffer.from([3, 232]) });
  });
}

test('FrameReader refuses what RFC 6455 forbids', () => {
  const forbidden: readonly ClientFrame[] = [
    { code: opcode.binary, payload: 'a', masked: false },
    { code: opcode.binary, payload: 'a', reserved: true },
    { code: 3, payload: 'a' },
    { code: 11, payload: 'a' },
    { code: opcode.continuation, payload: 'a' },
    { code: opcode.ping, payload: 'a', more: true },
    { code: opcode.close, payload: 'a'.repeat(126) },
  ];
  for (const frame of forbidden) assert.throws(() => read(clientFrame(frame), 99), FrameError);
  const unfinished = clientFrame({ code: opcode.text, payload: 'a', more: true });
  assert.throws(() => read(Buffer.concat([unfinished, unfinished]), 99), FrameError);
});

test('FrameReader refuses lengths that are not the shortest form, or that nothing has', () => {
  assert.throws(() => read(Buffer.from([0x82, 0x80 | 126, 0, 5, 1, 2, 3, 4]), 99), FrameError);
  const huge = Buffer.from([0x82, 0x80 | 127, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
  assert.throws(() => read(huge, 99), FrameError);
});

test('encodeFrame() tells each length in its shortest form', () => {
  const head = (length: number) => [...encodeFrame(opcode.binary, Buffer.alloc(length)).subarray(0, 10)];
  assert.deepEqual(head(5).slice(0, 2), [0x82, 5]);
  assert.deepEqual(head(126).slice(0, 4), [0x82, 126, 0, 126]);
  assert.deepEqual(head(65_536), [0x82, 127, 0, 0, 0, 0, 0, 1, 0, 0]);
});
