import assert from 'node:assert/strict';
import { test } from 'node:test';
import { passedSockets, wasActivated } from './activation.ts';

const passed = {
  LISTEN_PID: String(process.pid),
  LISTEN_FDS: '2',
  LISTEN_FDNAMES: 'wharf.socket:tls.socket',
};

test('passedSockets() gives all, or one by its number or name', () => {
  assert.deepEqual(passedSockets('*', passed), [3, 4]);
  assert.deepEqual(passedSockets('4', passed), [4]);
  assert.deepEqual(passedSockets('tls.socket', passed), [4]);
  assert.throws(() => passedSockets('5', passed), /no socket fd:\/\/5 was passed/);
});

test('passedSockets() takes nothing that was meant for another process', () => {
  for (const environment of [{}, { ...passed, LISTEN_PID: '1' }, { ...passed, LISTEN_FDS: '0' }]) {
    assert.equal(wasActivated(environment), false);
    assert.throws(() => passedSockets('*', environment), /no sockets found via socket activation/);
  }
});
