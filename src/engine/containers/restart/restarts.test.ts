import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ContainerId } from '../types.ts';
import { backOffMs } from './back-off.ts';
import { Restarts } from './restarts.ts';

const second = 1_000_000_000n;
const id = 'c0ffee' as ContainerId;

test('backOffMs() doubles up to a minute and begins anew after a good run', () => {
  const series: number[] = [];
  for (let last: number | undefined; series.length < 12; series.push(last)) last = backOffMs(last, second);
  assert.deepEqual(series.slice(0, 4), [100, 200, 400, 800]);
  assert.deepEqual(series.slice(-3), [51_200, 60_000, 60_000]);
  assert.equal(backOffMs(60_000, 10n * second), 100);
});

test('Restarts starts a container when it has waited, longer each time, until it is forgotten', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let starts = 0;
  await using restarts = new Restarts(async () => {
    starts++;
  });
  const startsAfter = (timeMs: number) => {
    t.mock.timers.tick(timeMs);
    return starts;
  };
  restarts.schedule(id, 0n);
  assert.deepEqual([startsAfter(99), startsAfter(1)], [0, 1]);
  restarts.schedule(id, 0n);
  assert.deepEqual([startsAfter(199), startsAfter(1)], [1, 2]);
  restarts.forget(id);
  restarts.schedule(id, 0n);
  assert.equal(startsAfter(100), 3);
  restarts.schedule(id, 0n);
  restarts.forget(id);
  assert.equal(startsAfter(60_000), 3);
});

test('Restarts lets go of those that wait and waits for those that start', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const restarts = new Restarts(() => assert.fail('started after the end'));
  restarts.schedule(id, 0n);
  let ended = false;
  restarts.track(promise);
  const closing = restarts[Symbol.asyncDispose]().then(() => {
    ended = true;
  });
  await Promise.resolve();
  assert.equal(ended, false);
  resolve();
  await closing;
  restarts.schedule(id, 0n);
});
