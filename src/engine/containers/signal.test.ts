import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseSignal } from './signal.ts';

test('parseSignal() reads names with and without SIG, real-time signals and numbers', () => {
  const texts = ['KILL', 'SIGTERM', 'sigusr1', '9', 'RTMIN', 'SIGRTMIN+3', 'RTMAX-1'];
  assert.deepEqual(texts.map(parseSignal), [9, 15, 10, 9, 34, 37, 63]);
});

test('parseSignal() refuses what is no signal', () => {
  for (const text of ['', '0', '65', 'SIGNOPE', 'RTMIN+40', '-9']) {
    assert.throws(() => parseSignal(text), new RegExp(`invalid signal: ${text.replace('+', '\\+')}`));
  }
});
