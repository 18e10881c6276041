import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EngineError } from './errors.ts';
import { KeyedLock, SingleRun } from './lock.ts';

test('KeyedLock runs the work of one key in turn, also after a failure', async () => {
  const lock = new KeyedLock();
  const order: string[] = [];
  const first = lock.run('a', async () => {
    await new Promise(setImmediate);
    order.push('first');
    throw new Error('broken');
  });
  const second = lock.run('a', async () => order.push('second'));
  const other = lock.run('b', async () => order.push('other'));
  await assert.rejects(first, /broken/);
  await Promise.all([second, other]);
  assert.deepEqual(order, ['other', 'first', 'second']);
});

test('SingleRun refuses what comes while it runs, and runs again afterwards', async () => {
  const single = new SingleRun('busy');
  const { promise, resolve } = Promise.withResolvers<number>();
  const first = single.run(() => promise);
  await assert.rejects(
    single.run(async () => 2),
    (error) => error instanceof EngineError && error.kind === 'conflict' && error.message === 'busy',
  );
  resolve(1);
  assert.equal(await first, 1);
  await assert.rejects(
    single.run(() => Promise.reject(new Error('broken'))),
    /broken/,
  );
  assert.equal(await single.run(async () => 3), 3);
});
