import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openServiceManager } from './service-manager.ts';

test('a service manager that is not there, or does not listen, stops nothing', () => {
  for (const environment of [{}, { NOTIFY_SOCKET: '/nowhere/notify' }, { NOTIFY_SOCKET: '@wt-nobody' }]) {
    using manager = openServiceManager(environment);
    assert.doesNotThrow(() => {
      manager.ready('Serving');
      manager.stopping();
    });
  }
});

test('the watchdog of another process is not ours to feed', (context) => {
  const set = context.mock.method(globalThis, 'setInterval');
  openServiceManager({ WATCHDOG_USEC: '1000000', WATCHDOG_PID: '1' })[Symbol.dispose]();
  assert.equal(set.mock.callCount(), 0);
  openServiceManager({ WATCHDOG_USEC: '1000000' })[Symbol.dispose]();
  assert.equal(set.mock.callCount(), 1);
});
