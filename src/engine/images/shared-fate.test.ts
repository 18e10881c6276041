import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SharedFate } from './shared-fate.ts';

test('SharedFate gives the other parts up when one fails, and waits for their ends', async () => {
  let ended = false;
  const work = async () => {
    await using fate = new SharedFate(new AbortController().signal);
    const { signal } = fate;
    const slow = new Promise<void>((_, reject) => {
      signal.addEventListener('abort', () => {
        setImmediate(() => {
          ended = true;
          reject(new Error('given up'));
        });
      });
    });
    await Promise.all([fate.add(slow), fate.add(Promise.reject(new Error('first')))]);
  };
  await assert.rejects(work, /^Error: first$/);
  assert.equal(ended, true);
});

test('SharedFate ends with its caller', () => {
  const caller = new AbortController();
  const { signal } = new SharedFate(caller.signal);
  caller.abort('gone');
  assert.equal(signal.reason, 'gone');
});
