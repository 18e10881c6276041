import assert from 'node:assert/strict';
import { test } from 'node:test';
import { text, u32 } from './frames.ts';
import {
  decodeExecId,
  decodeExecList,
  decodeExit,
  decodeState,
  encodeStart,
  parseExitFile,
} from './messages.ts';

const exit = Buffer.concat([u32(137, 9), Buffer.from([1, 0, 0, 0, 0, 0, 0, 0])]);

test('encodeStart() sends flags, the log and the plan as it is', () => {
  const frame = encodeStart({
    id: 'x',
    dir: '/x',
    plan: Buffer.from('PLAN'),
    terminal: true,
    openStdin: false,
    stdinOnce: true,
    log: { path: '/l', format: 'local', maxSize: 0x1_0000_0002, maxFiles: 5, attributes: '{}' },
  });
  const log = [...u32(2, 5, 2, 1), ...text('/l'), ...text('{}')];
  assert.deepEqual([...frame.subarray(8)], [...u32(5), ...log, ...Buffer.from('PLAN')]);
});

test('decodeExit() and decodeExecId() read an EXEC_EXIT', () => {
  assert.deepEqual(decodeExit(exit), { code: 137, signal: 9, timeNs: 1n });
  assert.equal(decodeExecId(Buffer.concat([exit, Buffer.from('some-id')])), 'some-id');
});

test('decodeState() reads what a shim has', () => {
  const state = decodeState(Buffer.concat([u32(3, 42), exit, Buffer.from([7, 0, 0, 0, 0, 0, 0, 0])]));
  assert.deepEqual([state.state, state.pid, state.logPosition, state.planRevision], ['running', 42, 7n, 1]);
  const newer = Buffer.concat([u32(3, 42), exit, Buffer.alloc(8), u32(5, 0)]);
  assert.equal(decodeState(newer).planRevision, 5);
});

test('decodeExecList() reads those that ended and those that run', () => {
  const ended = Buffer.concat([u32(4, 7), exit, text('one')]);
  const running = Buffer.concat([u32(3, 8), Buffer.alloc(16), text('four')]);
  assert.deepEqual(decodeExecList(Buffer.concat([ended, running])), [
    { id: 'one', pid: 7, status: { code: 137, signal: 9, timeNs: 1n } },
    { id: 'four', pid: 8, status: undefined },
  ]);
  assert.deepEqual(decodeExecList(Buffer.alloc(0)), []);
});

test('parseExitFile() takes the shim line and nothing else', () => {
  assert.deepEqual(parseExitFile('137 9 1700000000000000001\n'), {
    code: 137,
    signal: 9,
    timeNs: 1_700_000_000_000_000_001n,
  });
  for (const broken of ['', '1 2', '1 2 3', 'a b c\n']) assert.equal(parseExitFile(broken), undefined);
});
